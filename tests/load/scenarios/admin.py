"""The admin's lists at the forum's full size: each of them, its search and every link that it offers."""

import re
from html import unescape
from itertools import islice
from statistics import median
from typing import NamedTuple

from django.contrib import admin
from django.urls import reverse

from accounts.models import Trust, User
from config.trouble import Trouble
from forums.models import Case, Comment, Report
from forums.moderation import reports as moderation
from tests.load.client import requests
from tests.load.client.constant_rate import ask_once
from tests.load.client.scenario import Scenario
from tests.load.data import members as made_members
from tests.load.measurements import queries, report
from tests.load.site.serve import Site

MEMBERS = 100_000
REPORTS = 10_000
FOR_EACH = 4
"""Reports of each case."""
DECIDED = 5
"""Of so many cases one has been decided."""
TIMES = 5
"""That each page is asked for; the median counts."""
SHOWN = 12
"""Lists that the table names, the slowest first."""
OTHERS = ("/moderation/", "/admin/")
"""The queue and the dashboard, beside the lists."""


class Cost(NamedTuple):
    seconds: float
    queries: int
    address: str


def measure(site: Site, keys: list[str]) -> str:
    """The table of the slowest lists, and what holds for all of them. Raises Trouble if one is not there."""
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
    told = (
        f"{len(costs) - len(OTHERS)} lists, {len(every)} pages of them: at most {_most(every)} queries and "
        f"{max(every).seconds * 1000:.0f} ms, half of them below {usual * 1000:.0f} ms."
    )
    return f"{report.table(head, rows)}\n\n{told}"


def prepare(members: int = MEMBERS, reports: int = REPORTS) -> list[str]:
    """Members, reports and decisions as a large forum has them, made at the first time; an administrator's session."""
    made_members.made(members, made_members.CROWD)
    boss, _ = User.objects.get_or_create(
        username="BenchRoot",
        email=f"benchroot{made_members.DOMAIN}",
        is_staff=True,
        is_superuser=True,
        trust=Trust.REGULAR,
    )
    if not Report.objects.exists():
        _report(boss, reports)
    return made_members.sign_in([boss])


def _report(boss, count):
    rule = made_members.rule()
    found = Comment.objects.filter(seq__gt=1, hidden_at=None, deleted_at=None)
    comments = found.order_by("-pk")[: count // FOR_EACH]
    by = list(User.objects.filter(username__startswith=made_members.CROWD).order_by("pk")[:count])
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
    """The addresses of each list: itself, its next page, a search, and whatever it links to."""
    lists = {}
    for model in admin.site._registry:
        opts = model._meta
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        page = queries.body(_scenario(address, key))
        if 'name="q"' in page:
            page += f'<a href="?q={made_members.CROWD}12"><a href="?q=4711">'
        links = {unescape(link) for link in re.findall(r'href="(\?[^"]+)"', page)}
        lists[str(opts.verbose_name_plural)] = [address, *(address + link for link in sorted(links))]
    return lists | {address: [address] for address in OTHERS}


def _cost(site, address, key):
    count = queries.look(_scenario(address, key)).warm
    request, times = requests.get(address, requests.cookie(key)).encode(), []
    for _ in range(TIMES):
        status, took, _ = ask_once(site.port, request)
        if status != 200:
            raise Trouble(f"{address} answers with {status}.")
        times.append(took)
    return Cost(median(times), count, address)


def _scenario(address, key):
    return Scenario(address, "administrator", [], [], address, 1, cookie=requests.cookie(key))


def _most(costs):
    return max(cost.queries for cost in costs)
