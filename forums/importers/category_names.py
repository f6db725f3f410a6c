"""Reads a file with names of categories, for data that has only their numbers."""

import json
import re
from pathlib import Path

from config.management.operator_error import OperatorError

LINE = re.compile(r"\s*([0-9]{1,9})[\s,;:]+(\S.*?)\s*")


def read(file: Path) -> dict[int, str]:
    """Return the names by number, from lines such as `4 Garden` or from JSON of Discourse. Raises OperatorError."""
    try:
        text = file.read_text()
    except (OSError, ValueError) as error:
        raise OperatorError(f"{file} cannot be read ({getattr(error, 'strerror', None) or error}).") from None
    found = _from_json(text) if text.lstrip().startswith("{") else _from_lines(text, file)
    if not found:
        raise OperatorError(f"{file} has no names of categories: write lines such as `4 Garden`.")
    return found


def _from_lines(text: str, file: Path) -> dict[int, str]:
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := LINE.fullmatch(line):
            found[int(match[1])] = match[2]
        elif line.strip():
            raise OperatorError(f"{file}, line {number}: write a number and a name, such as `4 Garden`.")
    return found


def _from_json(text: str) -> dict[int, str]:
    """Return the names in `/site.json` or `/categories.json`."""
    found = {}
    try:
        site = json.loads(text)
        waiting = [*site.get("categories", ()), *site.get("category_list", {}).get("categories", ())]
        while waiting:
            category = waiting.pop()
            found[int(category["id"])] = str(category["name"])
            waiting += category.get("subcategory_list") or ()
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return found
