"""A full disk: the site is read, says that it cannot save, and goes on by itself when there is room again."""

import os
import subprocess

import pytest

from config.engines import embedded, redis, reserve
from config.engines.directories import Directories, private_directory
from config.web import errors
from tests import data_directory, processes
from tests.config.processes.site import Site

pytestmark = [pytest.mark.processes, pytest.mark.loss]
MEGABYTES = 260


@pytest.fixture
def small_disk(tmp_path):
    """A data directory on a disk of its own."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "folkmoot", tmp_path],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    data_directory.copy_site(tmp_path)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def fill(data):
    """Takes all space that is left, and returns the file that holds it."""
    with (data / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65536):
                pass
        except OSError:
            pass
    assert os.statvfs(data).f_bavail == 0
    return data / "filler"


def test_on_a_full_disk_the_site_is_read_and_recovers(small_disk):
    with Site(small_disk) as site:
        assert site.sign_in("Ada").status == 200
        pages, filler = site.pages(), fill(small_disk)
        for _ in range(10):
            assert site.get("/", Cookie=f"sessionid={'a' * 32}").status == 200
            assert site.get("/metrics").status == 200
            refused = site.sign_in("Ada")
            assert (refused.status, errors.DISK_FULL in refused.text) == (503, True)
        assert site.pages() == pages
        filler.unlink()
        assert site.sign_in("Ada").status == 200


def test_a_site_starts_on_a_full_disk_for_its_readers(small_disk):
    directories = Directories(small_disk)
    embedded.ensure(small_disk)
    embedded.leave(small_disk)
    assert (directories.engines / "reserve").stat().st_blocks * 512 == reserve.BYTES
    filler = fill(small_disk)
    with Site(small_disk) as site:
        assert site.get("/", Cookie=f"sessionid={'a' * 32}").status == 200
        refused = site.sign_in("Ada")
        assert (refused.status, errors.DISK_FULL in refused.text) == (503, True)
        filler.unlink()
        assert site.sign_in("Ada").status == 200
        assert processes.wait_until((directories.engines / "reserve").exists)
        site.process.terminate()
        assert f"The disk of {small_disk} is full: readers are served." in site.process.stderr.read()


def test_a_damaged_file_of_redis_is_put_aside(tmp_path_factory):
    directories = Directories(tmp_path_factory.mktemp("fm"))
    directories.redis.mkdir(parents=True)
    private_directory(directories.sockets)
    directories.logs.mkdir()
    (directories.redis / "appendonly.aof").write_text("*3\r\n$3\r\nSET\r\nnonsense\r\n" * 10)
    redis.start(directories, durable=True)
    assert redis.answers(directories)
    redis.stop(directories)
    assert (directories.redis / "appendonly.damaged").exists()
