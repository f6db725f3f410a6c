"""Verify records of polls and debates without trusting the forum that made them.

    python verify_record.py FILE... [--head HASH] [--key KEY]

A FILE is a record (.json) or a part of the chain (chain.json). Needs Python 3.8 or newer and nothing else. Prints what
was checked, what is wrong, and what cannot be checked. The exit status is 0 if nothing is wrong, 1 if something is,
2 if a file cannot be read.

It checks the hashes of contents, texts and links, the order of the chain, each ballot and receipt, and counts every
poll and debate again. It shares no code with the forum.

--head HASH  the hash, or its first characters, that a mail, the feed or a footer showed: one of the links must have it.
--key KEY    the key of a secret ballot: prints that ballot, if a record has it.
"""

import argparse
import json
import re
import sys
from base64 import b32encode
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import permutations
from math import ceil, floor
from pathlib import Path

FORMAT = "folkmoot record 1"
FIRST = "0" * 64
RANKED = ("runoff", "schulze", "stv", "meek")
CHOICES = ("one", "several", "approval")
SIDES = ("for", "undecided", "against")


class Report:
    """Collects what was found and checked, what is wrong, and what cannot be checked."""

    def __init__(self):
        self.notes, self.checked, self.unchecked, self.wrong = [], [], [], []

    def check(self, is_right, right, wrong=""):
        """Note one check. `right` says what was checked, `wrong` what is the case otherwise."""
        if is_right:
            self.checked.append(right)
        else:
            self.wrong.append(wrong or f"not true: {right}")
        return is_right

    def cannot(self, sentence):
        self.unchecked.append(sentence)

    def print(self):
        headings = ("Found", "Checked", "Cannot be checked here", "WRONG")
        for heading, lines in zip(headings, (self.notes, self.checked, self.unchecked, self.wrong)):  # noqa: B905
            if lines:
                print(f"{heading}:", *dict.fromkeys(lines), sep="\n  - ")
        print("Something is wrong." if self.wrong else "Nothing is wrong.")


# --- Canonical JSON and hashes ------------------------------------------------------------------------


class Unreadable(Exception):
    """The file cannot be read as a record or as a part of the chain."""


def load(path):
    """Read JSON strictly: no fractions, and no key twice in an object."""

    def no_fraction(text):
        raise Unreadable(f"it has the fraction {text}; records have whole numbers only")

    def once(pairs):
        if len({key for key, _ in pairs}) < len(pairs):
            raise Unreadable("an object has a key twice")
        return dict(pairs)

    try:
        text = Path(path).read_text(encoding="utf-8")
        return json.loads(text, object_pairs_hook=once, parse_float=no_fraction, parse_constant=no_fraction)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from None


def canonical(value):
    """Sorted keys, no spaces, UTF-8: the subset of RFC 8785 without fractions."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def hash_of(value):
    return sha256(canonical(value)).hexdigest()


def marks_of_texts(value):
    """Yield the hashes that stand for texts: objects whose only key is sha256."""
    if isinstance(value, dict) and set(value) == {"sha256"}:
        yield value["sha256"]
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from marks_of_texts(each)


# --- The chain ----------------------------------------------------------------------------------------


def check_chain(links, head, report):
    """Check the hash of each link, and that the links follow one another."""
    by_number = {}
    for link in links:
        number, signed = link["seq"], {name: link[name] for name in ("content", "made_at", "previous", "seq")}
        wrong = f"link {number} was changed: its hash belongs to another place, time or content"
        report.check(hash_of(signed) == link["hash"], "links have the hashes of their contents", wrong)
        is_only = by_number.setdefault(number, link) == link
        report.check(is_only, "each number has one link", f"two different links have the number {number}")
    chain = [by_number[number] for number in sorted(by_number)]
    for before, link in zip([None, *chain], chain):  # noqa: B905 (strict is not in Python 3.8)
        number = link["seq"]
        if number == 1:
            report.check(link["previous"] == FIRST, "link 1 begins the chain")
        elif before is not None and before["seq"] == number - 1:
            wrong = f"link {number} does not follow link {number - 1}"
            report.check(link["previous"] == before["hash"], "each link follows the one before it", wrong)
        else:
            report.cannot(f"that link {number} follows the one before, which is in none of these files")
    report.notes.append(f"The newest link here is {chain[-1]['seq']}, {chain[-1]['hash']}")
    if head:
        found = [link for link in chain if len(head) >= 8 and link["hash"].startswith(head.lower())]
        report.check(found, f"a link has the hash {head}")
    else:
        report.cannot("that others see the same chain: compare its head with a mail or the footer (--head)")


# --- One record ---------------------------------------------------------------------------------------


def check_record(record, key, report):
    content, link, texts = record["content"], record["link"], record["texts"]
    report.check(content["format"] == FORMAT, "this verifier knows the format")
    wrong = f"the content of record {link['seq']} was changed: its link has another hash"
    report.check(hash_of(content) == link["content"], "the content has the hash of its link", wrong)
    check_texts(content, texts, report)
    if "topic" in content:
        check_discussion(content["topic"], report)
    if "poll" in content:
        check_poll(content["poll"], key, report)
    if "debate" in content:
        check_debate(content["debate"], report)


def check_texts(content, texts, report):
    named = set(marks_of_texts(content))
    for name, given in texts.items():
        made = sha256(bytes.fromhex(given["salt"]) + given["text"].encode()).hexdigest()
        report.check(made == name, "each text has its hash", f"a text was changed: “{given['text'][:60]}”")
    report.check(set(texts) <= named, "each text stands in the record")
    if missing := len(named - set(texts)):
        report.cannot(f"{missing} removed or withheld texts: that they were what their hashes stand for")


def check_discussion(topic, report):
    comments = topic["comments"]
    numbers = [comment["seq"] for comment in comments]
    report.check(numbers == sorted(set(numbers)), "each comment is there once, in order")
    later = topic["comments_in_all"] - len(comments)
    if report.check(later >= 0, "it has no more comments than it says") and later:
        report.cannot(f"{later} later comments")
    report.cannot("that no comment and no act of moderation is missing, and who wrote what")


# --- Debates ------------------------------------------------------------------------------------------


def check_debate(debate, report):
    choices = debate["choices"]
    if choices is None:
        report.cannot("the numbers of each side: there were too many choices for the record")
        return
    first, last = {}, {}
    for choice in choices:
        member = choice["member"]["sha256"]
        first.setdefault(member, choice["side"])
        last[member] = choice["side"]
    report.check(len(choices) == debate["choices_in_all"], "it has all choices of sides")
    report.check(choices == sorted(choices, key=lambda each: each["second"]), "choices of sides are in order")
    sides = {side: list(last.values()).count(side) for side in SIDES}
    report.check(sides == debate["sides"], "the number of each side at the end")
    moves = Counter((first[member], last[member]) for member in first)
    pairs = [(came, went) for came in SIDES for went in SIDES if moves[came, went]]
    expected = [{"from": came, "to": went, "members": moves[came, went]} for came, went in pairs]
    report.check(debate["moves"] == expected, "who moved from which side to which")
    early = len({choice["member"]["sha256"] for choice in choices if choice["second"] < 0})
    report.check(debate["early"] == early, "the number of those who chose before the start")
    report.cannot("that members chose their sides themselves")


# --- Polls --------------------------------------------------------------------------------------------


def check_poll(poll, key, report):
    events = [entry["event"] for entry in poll["log"]]
    is_whole = events[:1] == ["opened"] and events[-1:] == ["closed"] and events.count("closed") == 1
    report.check(is_whole, "the log begins with the opening and ends with the closing")
    options = {option["number"] for option in poll["options"]}
    report.check(len(options) == len(poll["options"]), "each option has its own number")
    check_electorate(poll, report)
    ballots = poll["ballots"]
    if ballots is None:
        report.cannot("the count: the record has no ballots, because they are not public or too many")
        return
    report.check(len(ballots) == poll["ballots_in_all"], "it has as many ballots as it says")
    if not check_names(poll, report):
        return
    reasons = [(place, why_invalid(each["marks"], poll)) for place, each in enumerate(ballots, start=1)]
    wrong = "; ".join(f"ballot {place} {reason}" for place, reason in reasons if reason)
    if report.check(not wrong, "each ballot follows the rules", wrong):
        check_count(poll, report)
    find_ballot(poll, key, report)


def check_electorate(poll, report):
    rules, voters = poll["rules"], poll["voters"]
    if not rules["roll_grows"] and poll["roll_size"] is not None:
        report.check(poll["ballots_in_all"] <= poll["roll_size"], "the roll has at least as many as voted")
    if voters is not None:
        names = [voter["sha256"] for voter in voters]
        report.check(len(set(names)) == len(names), "each voter is on the list once")
        report.check(len(names) == poll["ballots_in_all"], "there are as many voters as ballots")
        report.cannot("that each voter on the list was on the roll: compare it with the roll (CSV)")
    report.cannot("that everybody on the roll was a person, and that nobody was left out")
    report.cannot("that each ballot came from its voter: only the voter can tell (--key)")


def check_names(poll, report):
    """Check what tells ballots apart: receipts of secret ones, voters of public ones."""
    if poll["rules"]["secret"]:
        receipts = [ballot["receipt"] for ballot in poll["ballots"]]
        report.check(receipts == sorted(set(receipts)), "each receipt is there once, in alphabetical order")
        is_formed = all(re.fullmatch("[A-Z2-7]{20}", receipt) for receipt in receipts)
        return report.check(is_formed, "each receipt has the form of a receipt")
    voters = [ballot["voter"]["sha256"] for ballot in poll["ballots"]]
    return report.check(len(set(voters)) == len(voters), "each voter has one ballot")


def find_ballot(poll, key, report):
    if not key or not poll["rules"]["secret"]:
        return
    words = f"folkmoot ballot {poll['number']} {key.replace('-', '').strip().lower()}"
    receipt = b32encode(sha256(words.encode()).digest()).decode()[:20]
    found = [ballot for ballot in poll["ballots"] if ballot["receipt"] == receipt]
    report.check(found, "your ballot is there", f"no ballot has your key, whose receipt is {receipt}")
    for ballot in found:
        report.notes.append(f"Your ballot, with the receipt {receipt}: {canonical(ballot['marks']).decode()}")


def why_invalid(marks, poll):
    """Return why the marks are no ballot of this poll; empty if they are."""
    method, rules = poll["method"], poll["rules"]
    known = {option["number"]: option["kind"] for option in poll["options"]}
    chosen = options_of(marks, poll)
    if chosen is None or not set(chosen) <= set(known) or len(set(chosen)) < len(chosen):
        return "has a wrong form, an option twice, or an option that the poll has not"
    alone = [option for option in chosen if known[option]]
    if method in CHOICES and alone:
        return "" if len(chosen) == 1 else "has other options beside one that stands alone"
    if method == "consent":
        has_reason = len(marks) == 2 and isinstance(marks[1], dict)
        return "" if has_reason == (known[marks[0]] == "object") else "has no reason, or one too many"
    if method == "dots":
        return "has too many dots" if sum(dots for _, dots in marks) > rules["dots"] else ""
    if method == "score" and not all(0 <= score <= 5 for _, score in marks):
        return "has a score that is not from 0 to 5"
    least, most = (1, 1) if method == "one" else (rules["at_least"], rules["at_most"] or len(known))
    return "" if least <= len(chosen) <= most else "marks too few or too many options"


def options_of(marks, poll):
    """Return the options that are marked, or None if the marks have the wrong form."""
    method = poll["method"]
    if not isinstance(marks, list):
        return None
    found, is_formed = marks, True
    if method in RANKED:
        most = len(poll["options"]) if method == "schulze" else 1
        is_formed = all(isinstance(group, list) and 1 <= len(group) <= most for group in marks)
        found = [option for group in marks for option in group] if is_formed else []
    elif method in ("score", "dots"):
        least = 1 if method == "dots" else 0
        is_formed = all(isinstance(mark, list) and len(mark) == 2 and type(mark[1]) is int for mark in marks)
        is_formed = is_formed and all(number >= least for _, number in marks)
        found = [mark[0] for mark in marks] if is_formed else []
    elif method == "consent":
        found, is_formed = marks[:1], len(marks) in (1, 2)
    return found if is_formed and all(type(option) is int for option in found) else None


def check_count(poll, report):
    """Count all ballots again."""
    count = Count(poll)
    expected = getattr(count, "by_" + poll["method"])()
    wrong = f"another count gives another result: {canonical(in_json(expected)).decode()[:400]}"
    report.check(in_json(expected) == poll["result"], "the result, counted again from all ballots", wrong)
    decision = count.decision(expected)
    wrong = f"another count gives another decision: {canonical(decision).decode()}"
    report.check(decision == poll["decision"], "whether it passed, by its quorum and its majority", wrong)


def in_json(value):
    if isinstance(value, dict):
        return {str(key): in_json(each) for key, each in value.items()}
    return [in_json(each) for each in value] if isinstance(value, (list, tuple)) else value


def round_of(counts, exhausted, quota, elected):
    row = {"counts": counts, "exhausted": exhausted, "quota": quota, "elected": elected}
    return {**row, "transferred": None, "defeated": None}


class Count:
    """All ways to count. The docstring of each gives its rule; polls/README.md of the forum has the sources."""

    def __init__(self, poll):
        self.poll = poll
        self.ballots = [ballot["marks"] for ballot in poll["ballots"]]
        self.options = [option["number"] for option in poll["options"]]
        kinds = {option["kind"]: option["number"] for option in poll["options"]}
        self.abstain, self.none, self.object = kinds.get("abstain"), kinds.get("none"), kinds.get("object")
        barred = [each for each in poll["options"] if each["kind"] == "abstain" or each["set_aside"]]
        self.barred = {each["number"] for each in barred}
        self.seats = poll["rules"]["seats"]

    def lot(self, option):
        """The lot of an option: the SHA-256 of the published seed and its number. The lowest one loses."""
        return sha256(f"{self.poll['seed']}:{option}".encode()).hexdigest()

    def leaders(self, numbers, least=1):
        """All options with the highest number. Barred options never lead, and nobody leads with less than `least`."""
        free = {option: number for option, number in numbers.items() if option not in self.barred}
        best = max(free.values(), default=None)
        return sorted(o for o, number in free.items() if number == best and best >= least)

    def by_one(self):
        """The option on the most ballots leads."""
        counts = {option: sum(option in ballot for ballot in self.ballots) for option in self.options}
        return {"counts": counts, "leaders": self.leaders(counts)}

    by_several = by_approval = by_one

    def by_consent(self):
        """Each ballot has one answer. The number of objections decides."""
        self.ballots = [ballot[:1] for ballot in self.ballots]
        found = self.by_one()
        return {**found, "objections": found["counts"].get(self.object, 0)}

    def by_dots(self):
        """The option with the most dots leads."""
        counts, givers = dict.fromkeys(self.options, 0), dict.fromkeys(self.options, 0)
        for ballot in self.ballots:
            for option, dots in ballot:
                counts[option] += dots
                givers[option] += 1
        return {"counts": counts, "givers": givers, "leaders": self.leaders(counts)}

    def by_score(self):
        """The option with the highest sum leads, among those that anybody scored."""
        given = {option: Counter() for option in self.options}
        for ballot in self.ballots:
            for option, score in ballot:
                given[option][score] += 1
        scores, totals = {}, {}
        for option, spread in given.items():
            total = sum(score * number for score, number in spread.items())
            scores[option] = {"total": total, "given": sum(spread.values()), "distribution": spread}
            totals.update({option: total} if spread else {})
        return {"scores": scores, "leaders": self.leaders(totals, least=0)}

    def by_schulze(self):
        """Winning votes, strongest paths, and places filled by those whom no remaining option beats."""
        pairs = list(permutations(self.options, 2))
        wins = {a: {b: 0 for b in self.options if b != a} for a in self.options}
        for ballot in self.ballots:
            rank = {option: place for place, group in enumerate(ballot) for option in group}
            for a, b in pairs:
                wins[a][b] += rank.get(a, len(ballot)) < rank.get(b, len(ballot))
        paths = {a: {b: n * (n > wins[b][a]) for b, n in row.items()} for a, row in wins.items()}
        for via in self.options:
            for a, b in pairs:
                if via not in (a, b):
                    paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
        ranking, left = [], set(self.options)
        while left:
            place = {a for a in left if all(paths[a][b] >= paths[b][a] for b in left - {a})}
            ranking.append(sorted(place))
            left -= place
        best = [a for a, row in wins.items() if row and all(n > wins[b][a] for b, n in row.items())]
        winner = (best or [None])[0]
        return {"wins": wins, "strengths": paths, "ranking": ranking, "condorcet_winner": winner}

    def rankings(self, options):
        """Each different ranking of these options with its number of ballots, without blank ones."""
        found = Counter(tuple(group[0] for group in ballot if group[0] in options) for ballot in self.ballots)
        found.pop((), None)
        return found

    def differ_earlier(self, tied, rounds, choose):
        """Break a tie by the latest earlier round in which the votes differ, otherwise by lot."""
        for past in reversed(rounds):
            best = choose(past["counts"][option] for option in tied)
            tied = [option for option in tied if past["counts"][option] == best]
            if len(tied) == 1:
                return tied[0]
        return min(tied, key=self.lot)

    def by_runoff(self):
        """Each round eliminates all who cannot win any more, otherwise the last; more than half wins."""
        rankings, left, rounds, winner = self.rankings(self.options), set(self.options), [], None
        total = sum(rankings.values())
        while True:
            counts = dict.fromkeys((option for option in self.options if option in left), 0)
            for ranking, number in rankings.items():
                top = next((option for option in ranking if option in left), None)
                if top is not None:
                    counts[top] += number
            continuing = sum(counts.values())
            if not continuing:
                break
            ahead = [o for o, n in counts.items() if 2 * n > continuing and o not in self.barred]
            winner = ahead[0] if ahead else None
            out = [] if ahead or len(left) == 1 else self.last_ones(counts, rounds)
            rounds.append({"counts": counts, "exhausted": total - continuing, "defeated": sorted(out)})
            left -= set(out)
            if not out:
                break
        return {"blank": len(self.ballots) - total, "rounds": rounds, "winner": winner}

    def last_ones(self, counts, rounds):
        order = sorted(counts, key=lambda option: (option not in self.barred, counts[option]))
        for size in range(len(order) - 1, 0, -1):
            if sum(counts[option] for option in order[:size]) < counts[order[size]]:
                return order[:size]
        is_barred, fewest = order[0] in self.barred, counts[order[0]]
        tied = [o for o in order if (o in self.barred, counts[o]) == (is_barred, fewest)]
        return [self.differ_earlier(tied, rounds, min)]

    def seats_result(self, unit, rankings, rounds, winners):
        blank = len(self.ballots) - sum(rankings.values())
        return {"unit": unit, "blank": blank, "rounds": rounds, "winners": winners}

    def by_votes(self, options, counts):
        return sorted(options, key=lambda option: (-counts[option], self.lot(option)))

    def by_stv(self):
        """Scotland's rule: the largest surplus moves first, at a value with five decimals, truncated."""
        unit, rounds, winners, settled, surplus = 100_000, [], [], {}, set()
        left = {option for option in self.options if option not in self.barred}
        rankings = self.rankings(left)
        papers = [[ranking, number, Fraction(1), ranking[0]] for ranking, number in rankings.items()]
        total = sum(rankings.values())
        quota = total // (self.seats + 1) + 1
        counts = dict.fromkeys((option for option in self.options if option in left), 0)
        while papers:
            counts = {option: settled.get(option, 0) for option in counts}
            for _, number, value, holder in papers:
                if holder is not None and holder not in settled:
                    counts[holder] += number * value
            elected = self.by_votes((o for o in left if counts[o] >= quota), counts)
            surplus.update(option for option in elected if counts[option] > quota)
            left -= set(elected)
            if len(winners) + len(elected) + len(left) <= self.seats:
                rest = self.by_votes(left, counts)
                elected, left = elected + rest, set()
            winners += elected
            lost = total - sum(counts.values())
            parts = {option: int(votes * unit) for option, votes in counts.items()}
            row = round_of(parts, int(lost * unit), quota * unit, elected)
            if len(winners) == self.seats or not left:
                rounds.append(row)
                break
            choose, group = (max, surplus) if surplus else (min, left)
            best = choose(counts[option] for option in group)
            tied = [option for option in group if counts[option] == best]
            chosen = tied[0] if len(tied) == 1 else self.differ_earlier(tied, rounds, choose)
            group.discard(chosen)
            row["transferred" if choose is max else "defeated"] = chosen
            rounds.append(row)
            for paper in papers:
                if paper[3] == chosen:
                    if choose is max:
                        share = (counts[chosen] - quota) * paper[2] / counts[chosen]
                        paper[2] = Fraction(floor(share * unit), unit)
                    paper[3] = next((option for option in paper[0] if option in left), None)
            if choose is max:
                settled[chosen] = quota
            else:
                del counts[chosen]
        return self.seats_result(unit, rankings, rounds, winners)

    def by_meek(self):
        """Meek's rule, as the Proportional Representation Foundation writes it: nine decimals, rounded up."""
        unit, rounds, winners = 10**9, [], []
        left = {option for option in self.options if option not in self.barred}
        rankings = self.rankings(left)
        keep = {option: unit for option in self.options if option in left}
        while rankings:
            before = None
            while True:
                counts, lost = dict.fromkeys(keep, 0), 0
                for ranking, number in rankings.items():
                    weight = unit
                    for option in ranking:
                        if option in keep and weight:
                            part = ceil(Fraction(weight * keep[option], unit))
                            counts[option] += part * number
                            weight -= part
                    lost += weight * number
                quota = sum(counts.values()) // (self.seats + 1) + 1
                elected = self.by_votes((o for o in left if counts[o] >= quota), counts)
                over = 0 if elected else sum(max(0, counts[o] - quota) for o in winners)
                if elected or over < unit // 10**6 or (before is not None and over >= before):
                    break
                before = over
                for option in winners:
                    needed = ceil(Fraction(keep[option] * quota, unit))
                    keep[option] = ceil(Fraction(needed * unit, counts[option]))
            left -= set(elected)
            winners += elected
            if len(winners) + len(left) <= self.seats:
                rest = self.by_votes(left, counts)
                elected, winners, left = elected + rest, winners + rest, set()
            rounds.append(round_of(counts, lost, quota, elected))
            if len(winners) == self.seats or not left:
                break
            if not elected:
                lowest = min(counts[option] for option in left)
                out = min((o for o in left if counts[o] <= lowest + over), key=self.lot)
                rounds[-1]["defeated"] = out
                left.discard(out)
                del keep[out]
        return self.seats_result(unit, rankings, rounds, winners)

    def decision(self, result):
        """Whether it passed, by the quorum and the majority that were fixed before the first ballot; None without."""
        rules, roll, cast = self.poll["rules"], self.poll["roll_size"] or 0, len(self.ballots)
        has_quorum = cast >= max(rules["quorum"], ceil(Fraction(roll * rules["quorum_percent"], 100)))
        if self.poll["method"] == "consent":
            passed = bool(result["leaders"]) and not result["objections"] and has_quorum
            numbers = {"option": None, "votes": 0, "needed": 0, "base": cast}
            return {"has_passed": passed, "has_quorum": has_quorum, **numbers}
        if not rules["majority"] or self.poll["method"] not in CHOICES:
            return None
        base = roll if rules["majority_of_roll"] else cast - result["counts"].get(self.abstain, 0)
        needed = {
            "absolute": base // 2 + 1,
            "thirds": max(1, ceil(Fraction(2 * base, 3))),
            "custom": max(1, ceil(Fraction(base * rules["majority_percent"], 100))),
        }.get(rules["majority"], 1)
        option = result["leaders"][0] if len(result["leaders"]) == 1 else None
        votes = result["counts"].get(option, 0)
        passed = has_quorum and option is not None and option != self.none and votes >= needed
        numbers = {"option": option, "votes": votes, "needed": needed, "base": base}
        return {"has_passed": passed, "has_quorum": has_quorum, **numbers}


# --- The command --------------------------------------------------------------------------------------


def verify(files, head="", key=""):
    """Check these loaded files. Returns the report."""
    report, links, records = Report(), [], []
    try:
        for given in files:
            records += given.get("records", [])
            links += given.get("links", []) + [record["link"] for record in given.get("records", [])]
        if not links:
            raise Unreadable("there is neither a record nor a part of the chain")
        for record in records:
            check_record(record, key, report)
        check_chain(links, head, report)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        report.wrong.append(f"something is missing, or has another form than in a record ({error!r})")
    return report


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Verify records; the file begins with a manual.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--head", default="")
    parser.add_argument("--key", default="")
    given = parser.parse_args(arguments)
    try:
        report = verify([load(path) for path in given.files], given.head, given.key)
    except Unreadable as error:
        print(f"Cannot read this: {error}", file=sys.stderr)
        return 2
    report.print()
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
