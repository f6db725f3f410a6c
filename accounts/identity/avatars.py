"""Pictures of members: uploads made safe, and a drawing of the first letter for members without one."""

import hashlib
import io
import secrets
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

# Pixels on each side of the stored picture: twice the largest size at which pages show it.
SIDE = 256
# The most bytes of an upload, and pixels when decoded. A file of a few kilobytes can claim gigapixels.
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

# Colours of background and letter. Each pair has a contrast of at least 4.5 to 1 and is calm enough beside text.
_COLOURS = (
    ("#5b3a29", "#f6e7dc"),
    ("#7a2e3a", "#fbe4e6"),
    ("#8a4b08", "#fdeeda"),
    ("#4f5d1c", "#f1f4dc"),
    ("#1f5c45", "#def3e9"),
    ("#14595f", "#dcf1f2"),
    ("#20508a", "#e0ecfa"),
    ("#44418f", "#e8e7fa"),
    ("#6b3577", "#f5e5f8"),
    ("#474c55", "#eceef1"),
)


def random_path(user, filename: str) -> str:
    """The path of a new upload. Ignores the sender's file name."""
    name = secrets.token_hex(16)
    return f"avatars/{name[:2]}/{name}.webp"


def read_upload(upload) -> ContentFile:
    """The picture in `upload` as a square WebP of SIDE pixels, without metadata.

    Raises ValidationError, with a sentence for the member, unless it is a valid picture of an allowed size. Checks the
    pixels that the header claims against MOST_PIXELS before decoding.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError("Please choose a picture of at most 5 MB.")
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(
                    "That picture is too large. Please choose one of at most 40 million pixels."
                )
            # A JPEG can be decoded at a fraction of its size. Other formats ignore this.
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            upright = ImageOps.exif_transpose(picture)
            if upright.mode.startswith(
                "I"
            ):  # 16 bits of grey, which `convert` would cut at 255 instead of scaling
                upright = upright.convert("I").point(lambda level: level * (1 / 256)).convert("L")
            square = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    except ValidationError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            "We cannot read that picture. Please choose a PNG, JPEG, WebP or GIF file."
        ) from error
    # Copy the pixels into a new image, because `square` still contains the metadata of the file.
    bare = Image.new("RGBA", square.size)
    bare.paste(square)
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=85, method=4)
    return ContentFile(out.getvalue(), name="avatar.webp")


def is_stored_picture(path: Path) -> bool:
    """Whether the file is a picture as `read_upload` makes them. Reads only its header."""
    try:
        with path.open("rb") as file, Image.open(file, formats=["WEBP"]) as picture:
            return path.stat().st_size <= MOST_BYTES and picture.size == (SIDE, SIDE)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False


def drawn(name: str) -> str:
    """An SVG with the first letter of `name`. The colours depend only on the name, so the picture never changes."""
    digest = hashlib.blake2b(name.casefold().encode("utf-8", "replace"), digest_size=8).digest()
    ground, ink = _COLOURS[digest[0] % len(_COLOURS)]
    letter = next((ch for ch in name if ch.isalnum()), "·").upper()[:1]
    x, y, r = 8 + digest[1] % 48, 8 + digest[2] % 48, 14 + digest[3] % 16
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="{ground}"/>'
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{ink}" fill-opacity=".14"/>'
        f'<text x="32" y="33" fill="{ink}" font-family="Georgia,serif" font-size="34" text-anchor="middle"'
        f' dominant-baseline="central">{letter}</text></svg>'
    )
