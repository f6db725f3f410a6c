"""A site as people run it, and the people in it."""

import json
from pathlib import Path

from tests.browser import hand
from tests.config import site


class Town:
    """A running site with a few members; `town.do` is what they do elsewhere."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, site.free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()
        self._hand = site.start("-m", "tests.browser.hand", data=data)
        self.sessions = self.do("prepare")

    def start(self) -> None:
        self._site = site.start(
            "manage.py", "quickstart", "--no-demo", "--port", str(self.port), data=self.data
        )
        assert "Folkmoot is at" in site.read_until(self._site, "Ctrl-C")

    def kill(self) -> None:
        """Without a word. All of its own processes end with it; Postgres and Redis go on for our hand."""
        self._site.kill()
        site.finish(self._site)

    def close(self) -> None:
        for process in (self._hand, self._site):
            process.terminate()
            site.finish(process)

    def do(self, deed: str, **facts):
        """Have the hand beside the site do something (tests/browser/hand.py)."""
        assert deed in {each.__name__ for each in hand.DEEDS}
        self._hand.stdin.write(json.dumps([deed, facts]) + "\n")
        self._hand.stdin.flush()
        answer = json.loads(self._hand.stdout.readline())
        assert "done" in answer, answer["failed"]
        return answer["done"]

    def cookie(self, name: str) -> dict:
        return {"name": f"sessionid_{self.port}", "value": self.sessions[name], "url": self.address}
