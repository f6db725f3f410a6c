"""The design is legible in both themes, small enough, and allowed by the security policy."""

import gzip
import re
from pathlib import Path

import pytest

from config.web import static_storage
from forums.posting.fields import Body, Line, Title

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
SHEETS = sorted((STATIC / "css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = (STATIC / "css/tokens.css").read_text()
THEMES = ("light", "dark")

COLOUR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
CATEGORY = re.compile(r'data-colour="(\w+)"\] \{ --colour: light-dark\((#\w{6}), (#\w{6})\)')
VALUES = {name: dict(zip(THEMES, faces, strict=True)) for name, *faces in COLOUR.findall(TOKENS)}
CATEGORIES = {name: dict(zip(THEMES, faces, strict=True)) for name, *faces in CATEGORY.findall(TOKENS)}

TEXT_ON_GROUND = [
    *((text, ground) for text in ("ink", "ink-soft", "oak") for ground in ("paper", "sheet", "sunk")),
    *((text, ground) for text in ("weld", "madder") for ground in ("paper", "sheet", f"{text}-wash")),
    *((text, ground) for text in ("ink", "oak-deep") for ground in ("oak-wash", "weld-wash", "madder-wash")),
    ("on-oak", "oak"),
    ("on-oak", "oak-deep"),
    ("on-madder", "madder"),
]


def luminance(colour):
    """Returns the relative luminance of #rrggbb, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """Returns the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def gzipped(paths):
    """Returns the number of bytes after compression."""
    return sum(len(gzip.compress(static_storage.minify(path).encode(), 9)) for path in paths)


def test_contrast_is_measured_as_the_guideline_measures_it():
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_is_legible_on_every_ground_it_stands_on(text, ground, theme):
    assert contrast(VALUES[text][theme], VALUES[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_edges_of_controls_and_colours_of_categories_stand_out(ground, theme):
    marks = {"edge": VALUES["edge"], **CATEGORIES}
    faint = [name for name, faces in marks.items() if contrast(faces[theme], VALUES[ground][theme]) < 3]
    assert len(marks) == 13
    assert faint == []


def test_styles_name_only_tokens_that_exist():
    text = "\n".join(sheet.read_text() for sheet in SHEETS)
    defined = set(re.findall(r"(--[\w-]+):", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert "--ink" in used
    assert used - defined == set()


def test_templates_name_only_icons_that_the_sprite_draws():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img/icons.svg").read_text()))
    named = {n for t in TEMPLATES for n in re.findall(r'_icon\.html" with name="([\w-]+)"', t.read_text())}
    assert "search" in named
    assert named - drawn == set()


def test_pages_carry_no_inline_style_or_script():
    # A script element that only carries data (json_script) runs nothing.
    inline = re.compile(
        r"<style|\sstyle=|\son\w+=|<script(?![^>]*\s(?:src=|type=.application/json))", re.IGNORECASE
    )
    assert inline.search('<p style="color: red">')
    emails = ROOT / "templates/emails"
    assert [t.name for t in TEMPLATES if emails not in t.parents and inline.search(t.read_text())] == []


def linked(template):
    return re.findall(r"stylesheet\" href=\"{% static 'css/([^']+)'", template.read_text())


def test_every_sheet_is_linked_and_none_twice_by_one_template():
    by_template = {template: linked(template) for template in TEMPLATES}
    assert set().union(*by_template.values()) == {str(sheet.relative_to(STATIC / "css")) for sheet in SHEETS}
    assert {t.name for t, sheets in by_template.items() if len(sheets) > len(set(sheets))} == set()


def parts(template):
    """Returns a template with all that it extends and includes, without the parts for moderators only."""
    text = (ROOT / "templates" / template).read_text()
    text = re.sub(r"{% if viewer.may_moderate %}{% include .*? %}{% endif %}", "", text)
    named = re.findall(r"{% (?:extends|include) \"([\w/.]+)\"", text)
    return {template}.union(*map(parts, named))


def modules(script):
    """Returns a script with its static imports. Dynamic imports of app.js wait for an element that needs them."""
    found = re.findall(r'^import .* from "(.+)";', script.read_text(), re.MULTILINE)
    return {script}.union(*(modules((script.parent / name).resolve()) for name in found))


def fetched_by(template):
    """Returns the stylesheets and scripts that a reader of this page may need."""
    own = re.findall(r"{% block (\w+) %}", (ROOT / "templates" / template).read_text())
    base = re.compile(
        r"{% block (" + "|".join(own) + r") %}.*?{% endblock %}"
    )  # the page has its own instead
    texts = {part: (ROOT / "templates" / part).read_text() for part in parts(template)}
    text = "".join(texts.values()).replace(texts["base.html"], base.sub("", texts["base.html"]))
    text = re.sub("<link [^>]* disabled[^>]*>", "", text)  # it is fetched once there is code
    sheets = re.findall(r"{% static '(css/[^']+)'", text)
    words = " ".join(re.findall(r'data-behavior="([^"]+)"', text))
    names = set(re.sub(r"{%.*?%}", " ", words).split())
    scripts = set().union(*(modules(STATIC / f"js/behaviors/{name}.js") for name in names))
    return {STATIC / sheet for sheet in sheets} | modules(STATIC / "js/app.js") | scripts


def test_what_is_left_out_when_serving_is_for_people_alone(tmp_path):
    def served(source, name="a.js"):
        (tmp_path / name).write_text(source)
        return static_storage.minify(tmp_path / name)

    source = '/* One. */\nlet a = "https://x // y"; // two\n\n// Three.\na += `/ws/ ${b + 1} /* z */`;\n'
    assert served(source) == 'let a="https://x // y";a+=`/ws/ ${b + 1} /* z */`;'
    source = "if (b) {\n  f(b,\n    2);\n}\nc = / \\/\\/ '/\nh(c) // don't;\ni++\nj;\n"
    assert served(source) == "if(b){f(b,2);}\nc=/ \\/\\/ '/\nh(c)\ni++\nj;"
    source = (
        "/* Don't } stop. */\n@media (width < 9rem) {\n  .a > b:hover :is(p), i { /* One. */ color: red;\n"
        '    content: "a: b; c"; --d: calc(1px * (2 + 3)); }\n  /* Two. */\n}\n'
    )
    sent = '@media (width < 9rem){.a>b:hover :is(p),i{color:red;content:"a: b; c";--d:calc(1px * (2 + 3))}}'
    assert served(source, "a.css") == sent


def test_reading_takes_at_most_40_kilobytes_of_scripts_and_styles():
    """With the composer. Behaviours in data-later and dynamic imports are fetched on first use."""
    named = [
        part
        for part in parts("forums/topics/show.html")
        if "<script" in (ROOT / "templates" / part).read_text()
    ]
    assert named == ["base.html"], "a script from elsewhere must be counted here"
    found = fetched_by("forums/topics/show.html")
    assert {"thread.css", "reply.js", "post.js", "keys.js"} < {each.name for each in found}
    assert 20_000 < gzipped(found) < 38_800  # they name each other with hashes when served: another kilobyte


def test_what_is_fetched_later_or_by_other_pages_stays_small():
    scripts = (STATIC / "js").rglob("*.js")
    assert gzipped({*SHEETS, *scripts} - fetched_by("forums/topics/show.html")) < 31_500


def test_every_hour_in_a_template_has_its_zone():
    """Not everybody has scripts, and mail has none."""
    templates = (ROOT / "templates").rglob("*.*")
    formats = {found for t in templates for found in re.findall(r"date:[\"'](.*?H:i.*?)[\"']", t.read_text())}
    assert "j F Y, H:i T" in formats
    assert {each for each in formats if not each.endswith(" T")} == {r"Y-m-d\TH:i"}  # with a Z behind it


TITLE = re.compile(r"<(?:a|h[1-4])\b(?:[^>{]|{{[^}]*}}|{%[^%]*%})*>{{ [a-z_.]*(?:topic|post)\.title }}</")
WRITTEN = re.compile(r"<textarea\b[^>]*>|<input (?=[^>]*name=\"(?:title|q|question|reason)\")[^>]*>")


def test_titles_and_fields_take_the_direction_of_their_text():
    """Hebrew in an English page begins on the right."""
    found = {
        f"{template.name}: {part}"
        for template in TEMPLATES
        for pattern in (TITLE, WRITTEN)
        for part in pattern.findall(template.read_text())
        if 'dir="auto"' not in part and 'type="hidden"' not in part
    }
    assert found == set()
    for field in (Body(), Title(), Line()):
        assert field.widget.attrs["dir"] == "auto"
