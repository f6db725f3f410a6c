"""Puts the pictures that are attached to posts into their texts."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePath

from forums.importers.phpbb.sql import Row

PLACE = re.compile(r"\[attachment=[0-9]+\](.*?)\[/attachment\]", re.DOTALL)


@dataclass(slots=True)
class Attachment:
    name: str
    stored: str
    """The name of its file in the directory `files`."""
    address: str
    is_picture: bool


def by_post(rows: list[Row], base: str) -> dict[str | None, list[Attachment]]:
    """Return the attachments by the numbers of their posts."""
    found = defaultdict(list)
    for row in rows:
        if row.get("in_message", "0") == "0" and row.get("is_orphan", "0") == "0":
            found[row["post_msg_id"]].append(
                Attachment(
                    row["real_filename"] or "",
                    PurePath(row["physical_filename"] or "none").name,
                    f"{base}download/file.php?id={row['attach_id']}",
                    is_picture=(row["mimetype"] or "").startswith("image/"),
                )
            )
    return found


def place(typed: str, attached: list[Attachment]) -> str:
    """Return the text with its pictures: where their names stand, the others below. Other files stay names."""
    pictures = {each.name: each for each in attached if each.is_picture}
    if not pictures:
        return typed

    def placed(name: re.Match) -> str:
        picture = pictures.pop(name[1].strip(), None)
        return _tag(picture) if picture else name[0]

    typed = PLACE.sub(placed, typed)
    return "\n\n".join([typed, *map(_tag, pictures.values())])


def _tag(picture: Attachment) -> str:
    name = re.sub(r"[\[\]\"]", " ", picture.name)
    return f"[img={name}]{picture.address}[/img]"
