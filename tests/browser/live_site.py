"""Runs the whole site with quickstart, and performs actions of other members in it."""

import json
from pathlib import Path

from tests import data_directory, processes
from tests.browser import actions


class LiveSite:
    """A running site with a few members. `site.do("reply", by="Cleo", …)` performs an action of one of them."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, processes.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        data_directory.copy_site(data)
        self.start()
        self._actions = processes.start("-m", "tests.browser.actions", data=data)
        self.sessions = self.do("prepare")

    def start(self) -> None:
        self._site = processes.start(
            "manage.py", "quickstart", "--no-demo", "--port", str(self.port), data=self.data
        )
        assert "Folkmoot is at" in processes.read_until(self._site, "Ctrl-C")

    def kill(self) -> None:
        """Kills the site's processes with SIGKILL. Postgres and Redis go on, because the actions use them."""
        self._site.kill()
        processes.finish(self._site)

    def close(self) -> None:
        for process in (self._actions, self._site):
            process.terminate()
            processes.finish(process)

    def do(self, action: str, /, **arguments):
        """Performs an action of tests/browser/actions.py in its own process and returns the result."""
        assert action in {each.__name__ for each in actions.ACTIONS}
        self._actions.stdin.write(json.dumps([action, arguments]) + "\n")
        self._actions.stdin.flush()
        answer = json.loads(self._actions.stdout.readline())
        assert "done" in answer, answer["failed"]
        return answer["done"]

    def cookie(self, name: str) -> dict:
        return {"name": f"sessionid_{self.port}", "value": self.sessions[name], "url": self.address}
