# ruff: noqa: RUF001 (the ambiguous letters are the point)
import sys

import pytest
from django.core.exceptions import ValidationError

from accounts.identity.names import LONGEST, normalise, validate_name, validate_not_reserved
from accounts.identity.skeleton import skeleton
from accounts.models import User


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "ada.l-1_x",
        "Ångström",
        "Иван",
        "李小龙",
        "ひらがなカナ",
        "한국어",
        "हिन्दी",
        "123",
        "O.Neill",
        "ไทยดี",
    ],
)
def test_names_of_one_alphabet_are_well_formed(name):
    validate_name(name)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ab", "length"),
        ("a" * 31, "length"),
        ("ada lovelace", "letters"),
        ("ada@home", "letters"),
        ("ada/../x", "letters"),
        ("ada\0x", "letters"),
        ("ada\u202eold", "letters"),
        ("ada\u200bold", "letters"),
        ("a\u0323\u0331\u0332da", "form"),
        ("ＡＤＡ", "form"),
        ("ﬁne", "form"),
        (".ada", "edges"),
        ("ada-", "edges"),
        ("ada..x", "runs"),
        ("аdа", "scripts"),
        ("Αda", "scripts"),
    ],
)
def test_other_names_are_refused_with_a_sentence(name, why):
    with pytest.raises(ValidationError) as refusal:
        validate_name(name)
    assert refusal.value.code == why
    assert refusal.value.messages[0].endswith(".")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Moderator", "m0derat0r"),
        ("Bill", "BiII"),
        ("Bill", "b1ll"),
        ("modern", "modem"),
        ("William", "vvilliam"),
        ("Ada.Lovelace", "adalovelace"),
        ("Ada", "Ädá"),
        ("сосо", "coco"),
        ("Ρορ", "pop"),
        ("Overlord", "ᴏverlord"),
        ("Admin", "ᴀᴅᴍɪɴ"),
        ("Admin", "ađmin"),
        ("Staff", "ꜱtaff"),
        ("Ben", "ɓɇƞ"),
        ("Dora", "ðøɍⱥ"),
        ("Agnes", "ɐǥɳəʂ"),
        ("Mark", "ⲘꓮᎡК"),
        ("Мария", "ᴍария"),
        ("Олег", "Oлeґ"),
        ("Қол", "Кол"),
        ("ロボ", "口ボ"),
        ("Νίκο", "Niko"),
        ("محمد", "مُحَمَّد"),
    ],
)
def test_look_alikes_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "Ida"),
        ("Ben", "Len"),
        ("ab", "abc"),
        ("Иван", "Игорь"),
        ("राम", "रमा"),
        ("กู", "กุ"),
        ("かな", "がな"),
        ("ǃan", "han"),
    ],
)
def test_names_that_differ_to_the_eye_have_different_skeletons(one, other):
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    "name",
    ["admin", "Adm1n", "ađmin", "ᴀᴅᴍɪɴ", "ꜱtaff", "M0derator", "folkmoot", "deleted-12", "s-u-p-p-o-r-t"],
)
def test_words_that_speak_for_the_site_are_reserved(name):
    validate_name(name)
    with pytest.raises(ValidationError):
        validate_not_reserved(name)


def test_words_that_only_contain_them_are_free():
    validate_not_reserved("administrivia")


def test_the_skeleton_of_the_longest_name_fits_into_its_column():
    letters = [chr(code) for code in range(sys.maxunicode) if chr(code).isalpha()]
    longest = max(len(skeleton(letter)) for letter in letters if normalise(letter) == letter)
    assert longest * LONGEST <= User._meta.get_field("skeleton").max_length
