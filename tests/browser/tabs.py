"""Tabs of the browser. Tests share them, because a new one takes three times the processor time of one used before."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, CDPSession, Page

USUAL = {"width": 1280, "height": 720}
# `live_server` has no sockets, and the console would report each attempt. Not `route_web_socket`: after n pages in a
# tab, the next page costs Playwright n messages.
REFUSED_SOCKETS = """
WebSocket = class {
  static CONNECTING = 0;
  static OPEN = 1;
  readyState = WebSocket.CONNECTING;
  constructor() {
    setTimeout(() => {
      this.readyState = 3;
      this.onclose(new CloseEvent("close", { code: 1006 }));
    });
  }
  close() {}
};
"""
REPLACED = """(names) => names.filter((name) => {
  const value = name.split(".").reduce((object, key) => object[key], window);
  return !String(value).includes("[native code]");
})"""


@dataclass
class Tab:
    """A tab in a browser context of its own, with the errors that its console showed."""

    address: str
    context: BrowserContext
    page: Page
    devtools: CDPSession
    scripts: bool
    is_shared: bool
    errors: list[str] = field(default_factory=list)

    def keep_errors(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._keep)

    def _keep(self, line):
        if line.type == "error":
            self.errors.append(f"{line.text} ({line.location['url'].removeprefix(self.address)})")

    def clear(self) -> None:
        """Takes from the tab what a test has left: its page, cookies, storage, history, routes and other tabs.

        Listeners for events stay.
        """
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        self.context.set_offline(False)
        self.page.unroute_all()
        self.context.unroute_all()
        self.page.goto("about:blank")
        self.context.clear_cookies()
        self.devtools.send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})
        self.devtools.send("Page.resetNavigationHistory")


class Tabs:
    """Opens tabs of one site for different people: those of earlier tests again, where they need no special options."""

    def __init__(self, browser, address, *, has_sockets=True):
        self.browser, self.address, self.has_sockets = browser, address, has_sockets
        self.opened: list[Tab] = []
        """The tabs of the running test."""
        self.spare: dict[bool, list[Tab]] = {True: [], False: []}
        """Tabs of earlier tests, by whether scripts run."""

    def open(self, cookies, *, scripts=True, fresh=False, viewport=None, **options) -> Page:
        """Opens a tab. A test that changes what scripts see, such as their clock, needs a `fresh` one."""
        is_shared = not fresh and not options
        spare = self.spare[scripts] if is_shared else []
        tab = spare.pop() if spare else self._new(scripts, is_shared, options)
        self.opened.append(tab)
        tab.page.set_viewport_size(viewport or USUAL)
        tab.context.add_cookies(cookies)
        return tab.page

    def _new(self, scripts, is_shared, options):
        options = {"timezone_id": "UTC"} | options  # members of tests live there too
        context = self.browser.new_context(base_url=self.address, java_script_enabled=scripts, **options)
        if not self.has_sockets:
            context.add_init_script(REFUSED_SOCKETS)
        page = context.new_page()
        page.set_default_timeout(20_000)
        tab = Tab(self.address, context, page, context.new_cdp_session(page), scripts, is_shared)
        tab.keep_errors()
        return tab

    def end_test(self) -> list[str]:
        """Clears the tabs of a test for the next ones, or closes them. Returns the errors of their consoles."""
        opened, self.opened, errors = self.opened, [], []
        for tab in opened:
            if tab.is_shared and not tab.page.is_closed():
                tab.clear()
                if tab.scripts:
                    self._check(tab)
                self.spare[tab.scripts].append(tab)
            else:
                tab.context.close()
            errors += tab.errors
            tab.errors.clear()
        return errors

    def _check(self, tab):
        replaced = tab.page.evaluate(REPLACED, ["Date", "Math.random", *["WebSocket"] * self.has_sockets])
        assert not replaced, f"{replaced} would be replaced in later tests, too: this one needs a fresh tab"
