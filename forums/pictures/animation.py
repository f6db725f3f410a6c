"""Writes an animation again, frame by frame, within limits of frames, pixels and time.

`conversion` calls it in its process. Reading the limits decodes nothing, so `uploading` does it in a page worker.
"""

import io
from collections.abc import Callable
from math import sqrt

from PIL import Image

FORMATS = ("GIF", "PNG", "WEBP", "AVIF")
"""The further pictures of a JPEG are no frames: telephones keep depths and small copies there."""
MOST_FRAMES = 300
LARGEST_FRAME = 4_000_000
"""Pixels. Several frames are in memory at once."""
MOST_READ = 12_000_000
"""Pixels of all frames of the file, which take a third of a second."""
MOST_WRITTEN = 5_000_000
"""Pixels of all frames that are written, which take half a second, and 20 MB of memory."""
WIDEST = 480
DELAYS = (20, 10_000)
"""Milliseconds for which a frame is shown. Browsers take the first as the shortest."""
USUAL_DELAY = 100
"""The delay that browsers use for a frame with a shorter one than the shortest."""
STILL = "This animation is too long or too large, so only its first picture is shown."


def is_too_large(picture: Image.Image, content: bytes) -> bool:
    """Whether the picture in the file `content` is an animation that stays still, because it is above the limits."""
    return _exceeds(picture, _count(picture, content))


def _exceeds(picture, frames) -> bool:
    pixels = picture.width * picture.height
    return frames > MOST_FRAMES or (frames > 1 and (pixels > LARGEST_FRAME or frames * pixels > MOST_READ))


def write(content: bytes, prepare: Callable[[Image.Image], Image.Image]) -> bytes:
    """Return the animation in the file `content` as WebP, without anything but pixels and delays.

    Empty for a file without one, or above the limits. An animation that breaks off ends there. `prepare` returns a
    frame with its final colours and upright.
    """
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        frames = _count(picture, content)
        if frames < 2 or _exceeds(picture, frames):
            return b""
        shown, delays = _read(picture, frames, prepare)
    if len(shown) < 2:
        return b""
    out = io.BytesIO()
    # Key frames, from which a film could be continued, would cost half of the time, and browsers need none.
    options = {"quality": 75, "method": 0, "kmin": 0, "kmax": 0}
    shown[0].save(out, "WEBP", save_all=True, append_images=shown[1:], duration=delays, loop=0, **options)
    return out.getvalue()


def _read(picture, frames, prepare):
    """Return the frames, made smaller, and their delays."""
    size, shown, delays = picture.size, [], []
    scale = min(1, WIDEST / picture.width, sqrt(MOST_WRITTEN / (frames * picture.width * picture.height)))
    smaller = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    # The first picture of a PNG can be one for programs that show no animations.
    for index in range(1 if picture.info.get("default_image") else 0, frames):
        try:
            picture.seek(index)
            if picture.size != size:
                break  # a frame that is larger than the picture
            frame = prepare(picture).resize(smaller, Image.Resampling.BILINEAR, reducing_gap=2)
        except Exception:  # decoders raise errors of every kind
            break
        frame.info = {}  # the metadata of the file
        shown.append(frame)
        delays.append(_delay(picture.info.get("duration")))
    return shown, delays


def _delay(said) -> int:
    shortest, longest = DELAYS
    return USUAL_DELAY if not said or said < shortest else int(min(said, longest))


def _count(picture: Image.Image, content: bytes) -> int:
    """Return the number of frames that a file claims, at most one above the limit."""
    if picture.format not in FORMATS:
        return 1
    claimed = _count_gif(content) if picture.format == "GIF" else getattr(picture, "n_frames", 1)
    return min(claimed, MOST_FRAMES + 1)


def _count_gif(content: bytes) -> int:
    """Count the frames without decoding them. Pillow would read all, however many there are."""
    frames, at = 0, 13 + _table(content[10])
    try:
        while frames <= MOST_FRAMES and content[at] in b"!,":
            if content[at : at + 1] == b",":
                frames += 1
                at += 11 + _table(content[at + 9])
            else:
                at += 2
            while size := content[at]:
                at += 1 + size
            at += 1
    except IndexError:
        pass  # the file is cut
    return frames


def _table(flags: int) -> int:
    """Return the bytes of a table of colours in a GIF."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
