"""The dashboard, the scrape configuration and the alerts name metrics that /metrics exports."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from config.backup import retention
from tests import processes

FILES = processes.ROOT / "config/monitoring"
MANUAL = (processes.ROOT / "config/README.md").read_text()
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.fixture
def exported(client, db, settings, tmp_path):
    """The names of all series by their metric."""
    settings.BACKUP_DIRECTORY = str(tmp_path)
    retention.path_for(tmp_path, datetime.now(UTC)).touch()
    families = text_string_to_metric_families(client.get("/metrics").content.decode())
    return {
        family.name: {family.name + suffix for suffix in SUFFIXES.get(family.type, ("",))}
        for family in families
        if family.name.startswith("folkmoot_") and not family.name.endswith("_created")
    }


def named_in(text: str) -> set[str]:
    return set(re.findall(r"folkmoot_\w+", text))


def test_every_metric_in_the_files_is_exported_and_the_dashboard_shows_all(exported):
    series = set().union(*exported.values())
    dashboard = named_in((FILES / "dashboard.json").read_text())
    assert dashboard - series == set()
    assert named_in((FILES / "alerts.yml").read_text()) - series == set()
    assert [name for name, names in exported.items() if not names & dashboard] == []
    assert set(exported) - {name.removesuffix("_total") for name in named_in(MANUAL)} == set()


def test_panels_have_numbers_of_their_own_and_do_not_overlap():
    panels = json.loads((FILES / "dashboard.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for panel in panels
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (apt-get install prometheus)"
)
def test_promtool_accepts_the_configuration_the_alerts_and_the_expressions(client, db, tmp_path):
    panels = json.loads((FILES / "dashboard.json").read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", ())]
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(expressions)
    ]
    panel_rules = tmp_path / "panels.yml"
    panel_rules.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))  # JSON is YAML
    for command in (
        ["config", str(FILES / "prometheus.yml")],
        ["rules", str(FILES / "alerts.yml"), str(panel_rules)],
        ["metrics"],
    ):
        text = client.get("/metrics").content if command == ["metrics"] else b""
        checked = subprocess.run(
            ["promtool", "check", *command], input=text, capture_output=True, check=False
        )
        complaints = [line for line in checked.stderr.decode().splitlines() if "folkmoot_" in line]
        assert (checked.returncode == 0 or command == ["metrics"], complaints) == (True, []), checked
