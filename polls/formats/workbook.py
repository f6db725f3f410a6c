"""Reads the first sheet of an Excel workbook (Office Open XML, ECMA-376 part 1) with the standard library.

Use it only for trusted files: a workbook is a zip file, which may be far larger when unpacked.
"""

import re
import zlib
from pathlib import Path
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
# Encrypted files raise RuntimeError, and unknown compressions its subclass NotImplementedError.
DAMAGES = (BadZipFile, zlib.error, ElementTree.ParseError, LookupError, RuntimeError, EOFError)


def rows(path):
    """Pairs of row number and cell texts. A skipped cell is an empty text. Memory does not grow with the rows.

    Raises ValueError if the file is not such a workbook.
    """
    try:
        with ZipFile(path) as archive:
            strings = _strings(archive)
            with archive.open(SHEET) as sheet:
                yield from _rows(sheet, strings)
    except DAMAGES as error:
        raise ValueError(f"{Path(path).name} is not a workbook that can be read ({error})") from error


def _rows(sheet, strings):
    number = 0
    for _, element in ElementTree.iterparse(sheet):  # noqa: S314 (expat bounds entities)
        if element.tag == f"{MAIN}row":
            number = int(element.get("r") or number + 1)
            yield number, _texts(element, strings)
            element.clear()


def _strings(archive):
    if STRINGS not in archive.namelist():
        return []
    root = ElementTree.fromstring(archive.read(STRINGS))  # noqa: S314
    return ["".join(text.text or "" for text in item.iter(f"{MAIN}t")) for item in root.iter(f"{MAIN}si")]


def _texts(row, strings):
    texts = []
    for cell in row.iter(f"{MAIN}c"):
        if reference := cell.get("r"):
            texts.extend([""] * (_column(reference) - len(texts)))
        texts.append(_text(cell, strings))
    return texts


def _text(cell, strings):
    value = cell.findtext(f"{MAIN}v", "")
    if cell.get("t") == "s" and value:
        return strings[int(value)]
    return value or "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))


def _column(reference):
    """The number of the column, from 0: 0 for A7, 26 for AA7."""
    number = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
