"""Texts are cut into words in the same way whatever the ctype of the cluster is."""

import pytest

from forums.search import words


def split(text):
    return [word.text for word in words.split(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a “zeppelin”—not a kite…", ["a", "zeppelin", "not", "a", "kite"]),
        ("Don't re-open snake_case!", ["don", "t", "re", "open", "snake", "case"]),
        ("v2.0.1 of https://example.org/a-b?c", ["2", "0", "1", "of", "https", "example", "org", "a", "b", "c"]),
        ("Crème BRÛLÉE, Straße, Łódź, Ἀθήνα", ["creme", "brulee", "strasse", "lodz", "αθηνα"]),
        ("cre\u0300me soft\u00adhyphen", ["creme", "softhyphen"]),
        ("Йод и ёлка", ["йод", "и", "елка"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("我家在上海东边", ["我家", "家在", "在上", "上海", "海东", "东边", "边"]),
        ("iPhone用、カメラ。", ["iphone", "用", "カメ", "メラ", "ラ"]),
        ("서울에서 만나", ["서울", "울에", "에서", "서", "만나", "나"]),
        ("x" * 99, ["x" * words.LONGEST]),
    ],
)  # fmt: skip
def test_a_text_is_cut_into_words(text, found):
    assert split(text) == found


def test_each_word_knows_its_place():
    text = "Eine “Crème” 上海"
    assert [text[word.start : word.end] for word in words.split(text)] == ["Eine", "Crème", "上海", "海"]


def test_a_query_for_characters_needs_only_whole_pairs():
    assert words.of_query("在上海") == ["在上", "上海"]
    assert words.of_query("海") == ["海*"]
    assert words.of_query("Example.org") == ["example", "org"]
