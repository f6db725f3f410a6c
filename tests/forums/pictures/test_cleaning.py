"""Hostile files are refused or come out clean, each within limits of time and memory."""

import io
import os

import pytest
from PIL import Image

from forums.pictures.cleaning import clean
from forums.pictures.conversion import UnfitPicture, convert
from tests.forums.pictures import files

SECONDS, MEMORY = 2, 100 * 1024 * 1024


def spent():
    """The seconds of processor time of this process and of those that it has started."""
    return sum(os.times()[:4])


def work_on(name, content):
    """Converts as the site does. Harmless sizes are converted in this process, because starting one takes 0.3 s."""
    if name in files.BOMBS:
        cleaned = clean(content)
        assert cleaned.peak < MEMORY
        return cleaned.files
    facts, written = convert(content)
    kinds = ["webp"] * len(facts["widths"]) + ["avif"] * 2
    moving = {"moving.webp": written.pop()} if facts["is_moving"] else {}
    return moving | {
        f"{width}.{kind}": file
        for kind, width, file in zip(kinds, facts["widths"] * 2, written, strict=False)
    }


def frames_of(file):
    """The frames of an animation: the colour of a pixel in the middle, and how long it is shown."""
    shown = []
    with Image.open(io.BytesIO(file), formats=["WEBP"]) as picture:
        for index in range(picture.n_frames):
            picture.seek(index)
            picture.load()
            colour = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))
            shown.append((tuple(level > 128 for level in colour), picture.info["duration"]))
    return shown


RED, GREEN, BLUE = (True, False, False), (False, True, False), (False, False, True)


@pytest.mark.parametrize("name", files.REFUSED)
def test_a_hostile_file_is_refused(name):
    content = files.REFUSED[name]()
    began = spent()
    with pytest.raises(UnfitPicture, match="Please choose"):
        work_on(name, content)
    assert spent() - began < SECONDS


@pytest.mark.parametrize("name", [*files.CLEANED, *files.MOVING])
def test_a_file_comes_out_clean(name):
    make, frames = files.MOVING.get(name) or (files.CLEANED[name], 0)
    content = make()
    began = spent()
    cleaned = work_on(name, content)
    assert spent() - began < SECONDS
    moving = cleaned.pop("moving.webp", b"")
    assert len(frames_of(moving) if moving else ()) == frames
    assert files.SECRET not in moving and files.SCRIPT not in moving
    for kind, file in cleaned.items():
        assert files.SECRET not in file and files.SCRIPT not in file
        with Image.open(io.BytesIO(file), formats=[kind.partition(".")[2]]) as picture:
            assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
            assert (getattr(picture, "n_frames", 1), len(picture.getexif())) == (1, 0)
            assert picture.width == int(kind.partition(".")[0])


def test_an_animation_keeps_its_colours_and_delays_within_limits():
    def moving(content):
        return frames_of(convert(content)[1][-1])

    for form in ("GIF", "WEBP", "PNG", "AVIF"):
        assert moving(files.animated(form)) == [(RED, 50), (GREEN, 50), (BLUE, 50)], form
    for name, delay in {"zero": 100, "eleven minutes": 10_000}.items():
        assert moving(files.MOVING[f"GIF with delays of {name}"][0]()) == [(RED, delay), (GREEN, delay)]


def test_frames_are_put_onto_each_other_as_the_file_says():
    """Disposal 1 leaves a frame, 2 clears it to the first colour, 3 goes back to the picture before it."""
    for disposal, below in ((1, GREEN), (2, RED), (3, RED)):
        content = files.gif(files.frame(0), files.frame(1, disposal=disposal), files.frame(2, **files.DOT))
        assert frames_of(convert(content)[1][-1])[2][0] == below, disposal


def test_a_large_picture_gets_smaller_files():
    cleaned = clean(files.picture(size=(3000, 1500)))
    assert (cleaned.width, cleaned.height, cleaned.widths) == (1600, 800, [400, 800, 1600])
    assert list(cleaned.files) == ["400.webp", "800.webp", "1600.webp", "400.avif", "800.avif"]
    assert cleaned.peak < MEMORY


def test_colours_of_unusual_modes_are_kept():
    def colour(name):
        with Image.open(io.BytesIO(convert(files.CLEANED[name]())[1][0])) as picture:
            return picture.convert("RGB").getpixel((30, 20))

    for name, expected in {
        "16 bits of grey": (156, 156, 156),
        "CMYK": (225, 48, 48),
        "one bit": (255, 255, 255),
    }.items():
        assert colour(name) == pytest.approx(expected, abs=6), name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_as_its_camera_was_held(orientation):
    facts, written = convert(files.corners(orientation))
    assert (facts["width"], facts["height"]) == (64, 48)
    with Image.open(io.BytesIO(written[0])) as picture:
        red = [picture.convert("RGB").getpixel(at)[1] < 128 for at in ((6, 6), (57, 6), (6, 41), (57, 41))]
        assert red == [True, False, False, False]
