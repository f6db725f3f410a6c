"""An archive contains what was added, and a damaged or incomplete one is refused."""

import io
import tarfile

import pytest

from config.backup import archive
from config.management.operator_error import OperatorError


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "oak.txt"
    path.write_bytes(b"an oak" * 10_000)
    return path


@pytest.fixture
def packed(tmp_path, file):
    """An archive with one file."""
    path = tmp_path / "backup.tar"
    with path.open("wb") as out:
        writer = archive.Writer(out)
        assert writer.add(file, "media/oak.txt") is True
        assert writer.add(file.with_name("gone"), "media/gone") is False
        writer.close(made_at="today")
    return path


def test_what_was_added_is_extracted(packed, file, tmp_path):
    manifest = archive.extract(packed, tmp_path / "new")
    assert (tmp_path / "new/media/oak.txt").read_bytes() == file.read_bytes()
    sha256 = "fdba72832e3a0e19d287af89c584c32fb1a54c62eb45310bd8d712ba1c293419"
    assert manifest == {
        "format": 1,
        "made_at": "today",
        "files": {"media/oak.txt": {"bytes": 60_000, "sha256": sha256}},
    }


def test_a_changed_byte_is_found(packed, tmp_path):
    content = bytearray(packed.read_bytes())
    content[content.index(b"an oak") + 30_000] ^= 1
    packed.write_bytes(content)
    with pytest.raises(OperatorError, match=r"is damaged: media/oak\.txt differs from the manifest\."):
        archive.extract(packed, tmp_path / "new")


@pytest.mark.parametrize("share", [0, 0.3, 0.84])
def test_a_part_of_an_archive_is_refused(packed, tmp_path, share):
    content = packed.read_bytes()
    packed.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(OperatorError, match=r"cannot be read as a backup|is not a complete backup"):
        archive.extract(packed, tmp_path / "new")


def test_a_file_outside_of_the_directory_is_refused(tmp_path):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as tar:
        entry = tarfile.TarInfo("../evil")
        entry.size = 1
        tar.addfile(entry, io.BytesIO(b"x"))
    with pytest.raises(OperatorError, match="cannot be read as a backup"):
        archive.extract(path, tmp_path / "new")
    assert not (tmp_path / "evil").exists()


def test_another_format_is_refused(packed, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FORMAT", 2)
    with pytest.raises(OperatorError, match="has format 1, and this version reads 2"):
        archive.extract(packed, tmp_path / "new")
