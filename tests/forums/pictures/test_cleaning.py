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
    return {
        f"{width}.{kind}": file
        for kind, width, file in zip(kinds, facts["widths"] * 2, written, strict=False)
    }


@pytest.mark.parametrize("name", files.REFUSED)
def test_a_hostile_file_is_refused(name):
    content = files.REFUSED[name]()
    began = spent()
    with pytest.raises(UnfitPicture, match="Please choose"):
        work_on(name, content)
    assert spent() - began < SECONDS


@pytest.mark.parametrize("name", files.CLEANED)
def test_a_file_comes_out_clean(name):
    content = files.CLEANED[name]()
    began = spent()
    cleaned = work_on(name, content)
    assert spent() - began < SECONDS
    for kind, file in cleaned.items():
        assert files.SECRET not in file and files.SCRIPT not in file
        with Image.open(io.BytesIO(file), formats=[kind.partition(".")[2]]) as picture:
            assert not {"exif", "xmp", "icc_profile", "comment"} & picture.info.keys()
            assert (getattr(picture, "n_frames", 1), len(picture.getexif())) == (1, 0)
            assert picture.width == int(kind.partition(".")[0])


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
