"""JSON (RFC 8259): the election as one object, a ballot a line, in the shape that `polls.tally` counts."""

import json


def write(election):
    """`title`, `method`, `options` (id and wording) and `ballots` (name, count and the ballot as lists of
    ids)."""
    options = [{"id": option, "wording": wording} for option, wording in election.options.items()]
    head = {"title": election.title, "method": str(election.method), "options": options}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "ballots": ['
    comma = "\n"
    for cast in election.ballots:
        record = {"name": cast.name, "count": cast.count, "ballot": cast.ballot}
        yield comma + json.dumps(record, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"
