"""Reads the polls in one post of Discourse: question, options, totals and, for public polls, ballots."""

import re
from html import unescape

from forums.importers.discourse.posts import author
from forums.importers.records.fields import Broken, number, optional, text, title
from forums.importers.records.records import Poll, Post

POLLS = "polls"
TAG = re.compile(r"<[^>]*>")
ASKED = re.compile(r'data-poll-name="([^"]*)"(.*?)<ul', re.DOTALL)
TITLE = re.compile(r'class="poll-title">(.*?)</div>', re.DOTALL)
SEVERAL, RANKED = "multiple", "ranked_choice"


def records(post: dict) -> list:
    """Return the post's polls as Discourse wrote them."""
    polls = post.get("polls")
    return polls if isinstance(polls, list) else []


def voters(post: dict) -> list[dict]:
    """Return everyone whom the post's public polls name, as records of authors with the time of the post."""
    named = [_named(poll) for poll in records(post) if isinstance(poll, dict)]
    everybody = [one for lists in named for voters in lists.values() for one in voters]
    return [_as_author(one) | {"created_at": post.get("created_at")} for one in everybody]


def poll(record, post: dict, made: Post, topic_title: str) -> Poll:
    """Read a poll of the post that became `made`. Raises Broken."""
    if not isinstance(record, dict) or not isinstance(record.get("options"), list):
        raise Broken("a poll has no options")
    name, options = text(record, "name"), record["options"]
    wordings = [_wording(option) for option in options]
    if len({wording.casefold() for wording in wordings}) < max(2, len(wordings)):
        raise Broken(f"the options of the poll {name[:40]} cannot be totals apart")
    totals = [optional(number, option, "votes") for option in options]
    return Poll(
        source=f"{made.source.replace(':post:', ':poll:')}:{name[:40]}",
        name=name,
        where=made.where,
        question=_question(record, post, name) or topic_title,
        is_several=record.get("type") == SEVERAL,
        at=made.at,
        options=wordings,
        totals=None if None in totals or record.get("type") == RANKED else totals,
        voters=number(record, "voters"),
        ballots=_ballots(record, totals),
    )


def _question(record, post, name):
    """Return the poll's own title, or "" if it has none. Then the topic's title is the question."""
    if isinstance(record.get("title"), str) and record["title"].strip():
        return title(_plain(record["title"]))
    asked = next((found[2] for found in ASKED.finditer(post.get("cooked") or "") if found[1] == name), "")
    found = TITLE.search(asked)
    return title(_plain(found[1])) if found and _plain(found[1]) else ""


def _wording(option):
    if not isinstance(option, dict):
        raise Broken("an option is no record")
    return title(_plain(text(option, "html")))


def _plain(html):
    return " ".join(unescape(TAG.sub("", html)).split())


def _ballots(record, totals):
    """Return the chosen options by the members' sources.

    Returns nothing unless the poll names every voter, because Discourse names only some voters of a large poll.
    """
    named = _named(record)
    places = {str(option.get("id")): place for place, option in enumerate(record["options"])}
    if [len(named.get(pk, [])) for pk in places] != totals:
        return {}
    ballots: dict[str, list[int]] = {}
    for pk, place in places.items():
        for one in named.get(pk, []):
            source = author(_as_author(one))
            ballots.setdefault(source, []).append(place)
    is_single = record.get("type") != SEVERAL
    is_doubtful = None in ballots or (is_single and any(len(marks) > 1 for marks in ballots.values()))
    return {} if is_doubtful or len(ballots) != record["voters"] else ballots


def _as_author(voter):
    return {"user_id": voter.get("id"), "username": voter.get("username")}


def _named(record):
    """Return the records of voters by option, or nothing for a poll that is not public."""
    named = record.get("preloaded_voters") if record.get("public") is True else None
    if not isinstance(named, dict) or not all(isinstance(each, list) for each in named.values()):
        return {}
    return {pk: [one for one in each if isinstance(one, dict)] for pk, each in named.items()}
