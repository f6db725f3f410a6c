"""Decodes one picture and writes it again. It reads the file from standard input and writes to standard output.

Decoders are large C libraries that read hostile files, so this process has limits of memory and time, no secrets in its
environment, and may not write files. It is started by `cleaning`, and imports nothing else of the site but
`animation`.
"""

import io
import json
import resource
import struct
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from forums.pictures import animation

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "AVIF")
MOST_PIXELS = 50_000_000
"""A file of a few kilobytes can claim gigapixels."""
LARGEST = (1600, 4000)
"""Pixels of the largest file. Screenshots of long pages are tall."""
WIDTHS = (400, 800)
"""Of the smaller files, which exist as AVIF, too. Its encoder needs too much time and memory for the largest."""
MEMORY = 100 * 1024 * 1024
"""Bytes of data that this process may have."""
SECONDS = 10
"""Of processor time."""
ORIENTATION = 0x0112
UNREADABLE = "We cannot read that picture. Please choose a PNG, JPEG, WebP, GIF or AVIF file."
TOO_LARGE = "That picture has too many pixels. Please choose a smaller one."

# Looked up before the limits are set, because a decoder's library takes memory, too.
Image.preinit()
Image.init()


class UnfitPicture(Exception):
    """Its text is a sentence for the member."""


def convert(content: bytes) -> tuple[dict, list[bytes]]:
    """Return the facts about a picture, and its files. Raises UnfitPicture.

    They are WebP for each width, AVIF for the first of WIDTHS, and at the end the animation, if it has one. The others
    have its first frame. Pixels are all that is kept: no metadata and no colour profile.
    """
    try:
        pixels = _decode(content)
    except UnfitPicture:
        raise
    except MemoryError:
        raise UnfitPicture(TOO_LARGE) from None
    except Exception:  # decoders raise errors of every kind
        raise UnfitPicture(UNREADABLE) from None
    widths = [width for width in WIDTHS if width < pixels.width] + [pixels.width]
    sized = [_narrowed(pixels, width) for width in widths]
    webp = [_written(each, "WEBP", quality=80, method=2) for each in sized]
    small = [each for each in sized if each.width <= WIDTHS[-1]]
    try:
        avif = [_written(each, "AVIF", quality=60, speed=8, max_threads=1) for each in small]
    except (MemoryError, OSError, ValueError, RuntimeError):
        avif = []  # the encoder needs more memory than is left
    facts = {"width": pixels.width, "height": pixels.height, "widths": widths, "has_avif": bool(avif)}
    del pixels, sized, small
    moving = _animation(content)
    return facts | {"is_moving": bool(moving)}, [*webp, *avif, *filter(None, [moving])]


def _animation(content: bytes) -> bytes:
    """Return the file with the animation, empty without one, and if there is not enough memory for it."""
    try:
        return animation.write(content, lambda picture: _upright(_colours(picture), _orientation(picture)))
    except Exception:  # decoders raise errors of every kind
        return b""


def _decode(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise UnfitPicture(TOO_LARGE)
        orientation = _orientation(picture)
        most_wide, most_tall = LARGEST if orientation < 5 else LARGEST[::-1]
        scale = min(1, most_wide / width, most_tall / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        picture.draft(None, size)  # decodes a JPEG at a fraction of its size; others ignore it
        pixels = _colours(picture)
    pixels = pixels.resize(size, Image.Resampling.LANCZOS, reducing_gap=2)
    # A new image has the pixels alone, without the metadata of the file.
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return _upright(bare, orientation)


def _orientation(picture: Image.Image) -> int:
    try:
        found = picture.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, struct.error):
        return 1
    return found if found in _TURNS else 1


def _colours(picture: Image.Image) -> Image.Image:
    """Return the pixels with 8 bits for each colour, with transparency only if the file has some."""
    if picture.mode.startswith(("I", "F")):  # 16 bits, which `convert` would cut at 255 instead of scaling
        return picture.convert("I").point(lambda level: level * (1 / 256)).convert("L").convert("RGB")
    has_alpha = picture.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in picture.info
    mode = "RGBA" if has_alpha else "RGB"
    picture.load()
    return picture if picture.mode == mode else picture.convert(mode)  # which copies in any case


def _turn(*methods: Image.Transpose) -> Callable[[Image.Image], Image.Image]:
    def turn(image: Image.Image) -> Image.Image:
        for method in methods:
            image = image.transpose(method)
        return image

    return turn


_TURNS = {
    2: _turn(Image.Transpose.FLIP_LEFT_RIGHT),
    3: _turn(Image.Transpose.ROTATE_180),
    4: _turn(Image.Transpose.FLIP_TOP_BOTTOM),
    5: _turn(Image.Transpose.TRANSPOSE),
    6: _turn(Image.Transpose.ROTATE_270),
    7: _turn(Image.Transpose.TRANSVERSE),
    8: _turn(Image.Transpose.ROTATE_90),
}


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return _TURNS[orientation](image) if orientation in _TURNS else image


def _narrowed(pixels: Image.Image, width: int) -> Image.Image:
    size = width, max(1, round(pixels.height * width / pixels.width))
    return pixels if size == pixels.size else pixels.resize(size, Image.Resampling.LANCZOS)


def _written(image: Image.Image, form: str, **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def _peak() -> int:
    """Return the most bytes that this process has had in memory. `ru_maxrss` would include those of its parent."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def main() -> None:
    """Write one line of JSON, and then the bytes of all files."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        facts, files = convert(sys.stdin.buffer.read())
    except UnfitPicture as unfit:
        facts, files = {"problem": str(unfit)}, []
    except MemoryError:
        facts, files = {"problem": TOO_LARGE}, []
    facts["sizes"] = [len(file) for file in files]
    facts["peak"] = _peak()
    out = sys.stdout.buffer
    out.write(json.dumps(facts).encode() + b"\n")
    for file in files:
        out.write(file)
    out.flush()


if __name__ == "__main__":
    main()
