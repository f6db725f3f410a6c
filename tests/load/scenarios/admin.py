"""The lists of the admin site on a large forum: each list, its search, and each link that it shows."""

import re
from html import unescape
from itertools import islice
from statistics import median
from typing import NamedTuple

from django.contrib import admin
from django.urls import reverse

from accounts.models import Trust, User
from config.management.operator_error import OperatorError
from forums.models import Case, Comment, Report
from forums.moderation import reports as moderation
from tests.load.client import requests
from tests.load.client.constant_rate import send_once
from tests.load.client.scenario import Scenario
from tests.load.data.members import CROWD, DOMAIN, made, report_rule, sign_in
from tests.load.measurements import queries, report
from tests.load.site.serve import Site

MEMBERS = 100_000
REPORTS = 10_000
FOR_EACH = 4
"""Reports per case."""
DECIDED = 5
"""One of this many cases is decided."""
TIMES = 5
"""Number of requests for each page. The result is their median."""
SHOWN = 12
"""Number of lists in the table, the slowest first."""
OTHERS = ("/moderation/", "/admin/")
"""The queue and the dashboard, which are measured with the lists."""


class Cost(NamedTuple):
    seconds: float
    queries: int
    address: str


def measure(site: Site, keys: list[str]) -> str:
    """The table of the slowest lists, and a sentence about all of them. Raises OperatorError if a page is missing."""
    costs = {
        name: [_cost(site, address, keys[0]) for address in found] for name, found in lists(keys[0]).items()
    }
    worst = sorted(costs.items(), key=lambda item: -max(item[1]).seconds)
    head = ["list", "pages", "most SQL", "slowest ms", "which is"]
    rows = [
        [
            name,
            str(len(found)),
            str(_most(found)),
            f"{max(found).seconds * 1000:.0f}",
            f"`{max(found).address}`",
        ]
        for name, found in worst[:SHOWN]
    ]
    every = [cost for name, found in costs.items() if name not in OTHERS for cost in found]
    usual = median(cost.seconds for cost in every)
    summary = (
        f"{len(costs) - len(OTHERS)} lists with {len(every)} pages: at most {_most(every)} queries and "
        f"{max(every).seconds * 1000:.0f} ms, half of them below {usual * 1000:.0f} ms."
    )
    return f"{report.table(head, rows)}\n\n{summary}"


def prepare(members: int = MEMBERS, reports: int = REPORTS) -> list[str]:
    """Create the members, reports and decisions of a large forum, unless they exist.

    Returns a list with the session of an administrator.
    """
    made(members, CROWD)
    boss, _ = User.objects.get_or_create(
        username="BenchRoot",
        email=f"benchroot{DOMAIN}",
        is_staff=True,
        is_superuser=True,
        trust=Trust.REGULAR,
    )
    if not Report.objects.exists():
        _report(boss, reports)
    return sign_in([boss])


def _report(boss, count):
    rule = report_rule()
    found = Comment.objects.filter(seq__gt=1, hidden_at=None, deleted_at=None)
    comments = found.order_by("-pk")[: count // FOR_EACH]
    by = list(User.objects.filter(username__startswith=CROWD).order_by("pk")[:count])
    cases = Case.objects.bulk_create(Case(comment=comment, reports_count=FOR_EACH) for comment in comments)
    reporters = iter(by)
    Report.objects.bulk_create(
        Report(case=case, comment=comment, by=each, rule=rule, words="Look at this.")
        for case, comment in zip(cases, comments, strict=True)
        for each in islice(reporters, FOR_EACH)
    )
    for case in cases[::DECIDED]:
        moderation.keep(case, by=boss)


def lists(key):
    """The addresses of each list: the list, its next page, a search, and its other links."""
    lists = {}
    for model in admin.site._registry:
        opts = model._meta
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        page = queries.body(_scenario(address, key))
        if 'name="q"' in page:
            page += f'<a href="?q={CROWD}12"><a href="?q=4711">'
        links = {unescape(link) for link in re.findall(r'href="(\?[^"]+)"', page)}
        lists[str(opts.verbose_name_plural)] = [address, *(address + link for link in sorted(links))]
    return lists | {address: [address] for address in OTHERS}


def _cost(site, address, key):
    count = queries.measure(_scenario(address, key)).warm
    request, times = requests.get(address, requests.cookie(key)).encode(), []
    for _ in range(TIMES):
        status, took, _ = send_once(site.port, request)
        if status != 200:
            raise OperatorError(f"{address} responds with {status}.")
        times.append(took)
    return Cost(median(times), count, address)


def _scenario(address, key):
    return Scenario(address, "administrator", [], [], address, 1, cookie=requests.cookie(key))


def _most(costs):
    return max(cost.queries for cost in costs)
