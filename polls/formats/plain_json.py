"""JSON (RFC 8259): the election as one object, one ballot per line, in the form that `polls.tally` counts."""

import json


def write(election):
    """An object with `title`, `method`, `options` (id and wording) and `ballots` (name, count, ballot as lists).

    An election for several seats also has `seats`.
    """
    options = [{"id": option, "wording": wording} for option, wording in election.options.items()]
    head = {"title": election.title, "method": str(election.method), "options": options}
    if election.seats > 1:
        head["seats"] = election.seats
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "ballots": ['
    comma = "\n"
    for cast in election.ballots:
        record = {"name": cast.name, "count": cast.count, "ballot": cast.ballot}
        yield comma + json.dumps(record, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"
