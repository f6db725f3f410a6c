"""Records of outcomes in an export: which are taken, and which are called broken."""

import pytest

from forums.importers.panels import outcomes
from forums.importers.records.fields import Broken

VERSION = {
    "at": "2026-11-30T04:00:00+00:00",
    "by": None,
    "event": "given",
    "text": "Limes.",
    "carried_by": "",
}


def test_none_is_none_and_a_version_keeps_its_day():
    assert outcomes.checked(None) is None
    found = outcomes.checked({"number": 7, "versions": [VERSION | {"review_on": "2040-03-01"}]})
    assert (found["number"], found["decided_by"], str(found["versions"][0]["review_on"])) == (
        7,
        None,
        "2040-03-01",
    )


@pytest.mark.parametrize(
    "record",
    [
        "Limes.",
        {"number": 7, "versions": []},
        {"number": 0, "versions": [VERSION]},
        {"number": 7, "versions": [VERSION | {"event": "sung"}]},
        {"number": 7, "versions": [VERSION | {"review_on": "soon"}]},
        {"number": 7, "versions": [VERSION | {"review_on": 7}]},
        {"number": 7, "versions": [VERSION | {"text": None}]},
    ],
)
def test_what_makes_no_sense_is_broken(record):
    with pytest.raises(Broken):
        outcomes.checked(record)
