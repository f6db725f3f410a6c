"""Runs the conversion of a picture in a process of its own, and reads what it has written."""

import io
import json
import os
import subprocess
import sys
from typing import NamedTuple

from django.conf import settings

from forums.pictures.conversion import SECONDS, UNREADABLE, WIDTHS, UnfitPicture

MOVING = "moving.webp"


class Cleaned(NamedTuple):
    """A picture without metadata. `peak` is in bytes.

    `files` are named by width and format, such as "480.webp". The animation is "moving.webp".
    """

    width: int
    height: int
    widths: list[int]
    has_avif: bool
    is_moving: bool
    files: dict[str, bytes]
    peak: int


def clean(content: bytes) -> Cleaned:
    """Return the picture in the file `content`. Takes about a second. Raises UnfitPicture.

    The process gets no variables of ours, because they contain passwords.
    """
    environment = {
        name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPYCACHEPREFIX")
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "forums.pictures.conversion"],
            input=content, capture_output=True, timeout=3 * SECONDS, cwd=settings.BASE_DIR, env=environment, check=True,
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise UnfitPicture(UNREADABLE) from error
    out = io.BytesIO(done.stdout)
    facts = json.loads(out.readline())
    if problem := facts.get("problem"):
        raise UnfitPicture(problem)
    widths, smaller = facts["widths"], [width for width in facts["widths"] if width <= WIDTHS[-1]]
    names = [f"{width}.webp" for width in widths] + [
        f"{width}.avif" for width in smaller if facts["has_avif"]
    ]
    names += [MOVING] if facts["is_moving"] else []
    files = {name: out.read(size) for name, size in zip(names, facts["sizes"], strict=True)}
    kept = {name: facts[name] for name in ("width", "height", "has_avif", "is_moving", "peak")}
    return Cleaned(**kept, widths=widths, files=files)
