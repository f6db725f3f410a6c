"""The table of roles in the documentation equals the code's."""

from pathlib import Path

from forums.access import acts


def test_the_table_of_roles_is_the_one_in_the_code():
    readme = (Path(__file__).parents[3] / "forums/README.md").read_text("utf-8")
    assert acts.table() in readme
    assert all(deed.says.lower() in acts.table().lower() for deed in acts.ACTS.values())
