"""Reads the rows of a SQL dump by mysqldump, phpMyAdmin or phpBB itself. Nothing is executed.

A parser of SQL as such would build a tree for each value. These dumps need one kind of statement only.
"""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from forums.importers.records.fields import Broken

CREATE = re.compile(r"\s*CREATE TABLE (?:IF NOT EXISTS )?[`\"]?(\w+)[`\"]?", re.IGNORECASE)
INSERT = re.compile(
    r"\s*(?:INSERT|REPLACE) (?:IGNORE )?INTO [`\"]?(\w+)[`\"]?\s*(\([^()]*\))?\s*VALUES\s*", re.IGNORECASE
)
COLUMN = re.compile(r"\s*[`\"]?(\w+)[`\"]?\s+\w")
NAME = re.compile(r"\w+")
TOKEN = re.compile(
    r"\s*(?:(?:_binary\s+|[NnEe](?='))?'(?P<text>[^'\\]*(?:(?:\\.|'')[^'\\]*)*)'|(?P<hex>0x[0-9A-Fa-f]+)"
    r"|(?P<word>[\w.+-]+)|(?P<mark>[(),;]))",
    re.DOTALL,
)
ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)
MEANING = {"n": "\n", "r": "\r", "t": "\t", "0": "", "Z": "", "b": ""}
NOT_COLUMNS = {"PRIMARY", "KEY", "UNIQUE", "INDEX", "FULLTEXT", "CONSTRAINT", "CHECK", "SPATIAL"}

Row = dict[str, str | None]


def open_dump(path: Path):
    """Open a dump, also a compressed one, as text."""
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8", errors="replace", newline="\n")


def rows(path: Path, tables: set[str]) -> Iterator[tuple[str, Row]]:
    """Yield each row of these tables with the name of its table. Raises Broken if a statement has no end."""
    columns: dict[str, list[str]] = {}
    with open_dump(path) as lines:
        for line in lines:
            if (found := INSERT.match(line)) and found[1] in tables:
                names = NAME.findall(found[2]) if found[2] else columns.get(found[1], [])
                for values in _values(line, found.end(), lines):
                    if len(values) != len(names):
                        raise Broken(
                            f"{path.name}: a row of {found[1]} has {len(values)} values for {len(names)} columns"
                        )
                    yield found[1], dict(zip(names, values, strict=True))
            elif (found := CREATE.match(line)) and found[1] in tables:
                columns[found[1]] = _columns(line[found.end() :], lines)


def _columns(first: str, lines: Iterator[str]) -> list[str]:
    """Return the names of the columns, one on each line, up to the end of the statement."""
    names = []
    for line in [first] if ";" in first else lines:
        if (column := COLUMN.match(line)) and column[1].upper() not in NOT_COLUMNS:
            names.append(column[1])
        if line.lstrip().startswith(")") or line.rstrip().endswith(";"):
            break
    return names


def _values(text: str, at: int, lines: Iterator[str]) -> Iterator[list[str | None]]:
    """Yield the values of each row of one statement, which may go through several lines."""
    row: list[str | None] = []
    while True:
        token = TOKEN.match(text, at)
        # A word at the end may go on in the next line, as a text without its end does.
        if token is None or (token.end() == len(text) and token["mark"] != ";"):
            more = next(lines, None)
            if more is None:
                raise Broken("the dump ends in the middle of a row")
            text, at = text[at:] + more, 0
            continue
        at = token.end()
        if token["mark"] == ";":
            return
        if token["mark"] == "(":
            row = []
        elif token["mark"] == ")":
            yield row
        elif token["mark"] is None:
            row.append(_value(token))


def _value(token: re.Match) -> str | None:
    if token["text"] is not None:
        text = token["text"]
        return ESCAPED.sub(lambda found: MEANING.get(found[1], found[1]) if found[1] else "'", text)
    if token["hex"]:
        return bytes.fromhex(token["hex"][2:]).decode("utf-8", "replace")
    return None if token["word"].upper() == "NULL" else token["word"]
