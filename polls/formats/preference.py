"""The Condorcet Election Format: a ballot is `A > B = C`, followed by the number of equal ballots.

Source: Julien Boudry, "Condorcet Election Format", version 1, which the Condorcet PHP application and others read.
"""

import re

from polls.formats import ranking

RESERVED = re.compile(r"[<>=,;*^#/|\s]+")


def write(election):
    """The election with equal ballots on one line.

    In wordings, characters with a meaning in the format become spaces. Wordings that are then equal get a number.
    """
    names = _names(election.options)
    yield f"# {' '.join(election.title.split())}\n"
    yield f"#/Candidates: {' ; '.join(names.values())}\n"
    yield f"#/Number of Seats: {election.seats}\n#/Implicit Ranking: true\n#/Weight Allowed: false\n\n"
    for groups, count in ranking.counted(election):
        order = " > ".join(" = ".join(names[option] for option in group) for group in groups)
        yield f"{order or '/EMPTY_RANKING/'} * {count}\n"


def _names(options):
    plain = {option: RESERVED.sub(" ", wording).strip() or "option" for option, wording in options.items()}
    alike = [name.casefold() for name in plain.values()]
    return {
        option: name if alike.count(name.casefold()) == 1 else f"{name} {number}"
        for number, (option, name) in enumerate(plain.items(), start=1)
    }
