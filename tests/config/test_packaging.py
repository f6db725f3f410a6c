"""The systemd units are valid and hardened, and the compose file names what exists."""

import re
import shutil
import subprocess

import pytest
import yaml

from tests import processes

PACKAGING = processes.ROOT / "config/packaging"
ANALYZE = shutil.which("systemd-analyze")
UNITS = sorted(path.name for path in (PACKAGING / "systemd").iterdir())
MOST_EXPOSED = 25
"""The highest exposure that `systemd-analyze security` may give a unit, of 100. An ordinary unit has 96."""


@pytest.fixture
def analyze(tmp_path):
    """`analyze(name, *words)` runs systemd-analyze on a unit with the project's real place."""
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed (apt-get install systemd)")

    def analyze(name, *words):
        text = (PACKAGING / "systemd" / name).read_text()
        unit = tmp_path / name.replace("@", "@8001")
        unit.write_text(text.replace("/srv/folkmoot", str(processes.ROOT)))
        done = subprocess.run([ANALYZE, *words, unit], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    return analyze


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_valid_and_hardened(analyze, name):
    code, said = analyze(name, "verify", "--man=no", "--recursive-errors=no")
    assert (code, [line for line in said.splitlines() if "folkmoot" in line]) == (0, [])
    code, said = analyze(name, "security", "--offline=yes", f"--threshold={MOST_EXPOSED}")
    assert code == 0, said


def test_the_compose_file_names_settings_and_files_that_exist():
    services = yaml.safe_load((PACKAGING / "compose.yaml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "cache", "migrate", "site", "nginx"}
    manual = (processes.ROOT / "config/README.md").read_text()
    assert [name for name in services["site"]["environment"] if f"`{name}`" not in manual] == []
    assert (
        PACKAGING / services["site"]["build"]["context"] / services["site"]["build"]["dockerfile"]
    ).exists()
    copied = re.findall(r"^COPY (.+) \S+$", (PACKAGING / "Containerfile").read_text(), re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert [name for name in names if not (processes.ROOT / name).exists()] == []
    proxied = services["nginx"]["command"][2]
    file = (processes.ROOT / "config/nginx/nginx.conf").read_text()
    for replaced in ("unix:/run/folkmoot/pages.sock", "127.0.0.1:8001", "user www-data", "modules-enabled"):
        assert replaced in proxied and replaced in file
