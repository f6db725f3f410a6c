import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.models.discussion import paths

seqs = st.lists(st.integers(1, 62**4 - 1), max_size=30)


@given(seqs)
def test_a_path_says_the_seqs_it_was_made_of(along):
    assert paths.seqs("".join(map(paths.component, along))) == along


@given(seqs, seqs)
def test_paths_sort_as_their_seqs_do(one, other):
    texts = ["".join(map(paths.component, along)) for along in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)


def test_a_topic_ends_where_its_paths_do():
    assert paths.component(62**4 - 1) == "zzzz"
    with pytest.raises(OverflowError):
        paths.component(62**4)
