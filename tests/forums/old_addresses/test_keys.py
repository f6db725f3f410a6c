"""Addresses of Discourse, Stack Exchange, phpBB and mailing lists are read into the keys that importers store."""

from datetime import date

import pytest

from forums.old_addresses import keys

HASH = "JJIGKPKB6CVDX6B2CUG4IHAJRIQIOUTP"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/t/which-trees/385", ["t/385"]),
        ("/t/which-trees/385/4", ["t/385/4", "t/385"]),
        ("/t/which-trees/385/1/", ["t/385"]),
        ("/t/385/4", ["t/385/4", "t/385"]),
        ("/t/385", ["t/385"]),
        ("/t/2020/385/4", ["t/385/4", "t/385"]),
        ("/p/901", ["p/901"]),
        ("/c/town/garden/12", ["c/12"]),
        ("/u/Grace.H/summary", ["u/grace.h"]),
        ("/u/gr%C3%A5ce", ["u/gråce"]),
        ("/users/grace", ["u/grace"]),
        ("/q/12/5", ["q/12"]),
        ("/a/13/5", ["q/13"]),
        ("/questions/12/why-is-that", ["q/12"]),
        ("/questions/12/why-is-that/13#13", ["q/13", "q/12"]),
        ("/questions/12/why-is-that#comment55_13", ["q/13", "q/12"]),
        ("/questions?tab=newest", ["questions"]),
        ("/users/5/emmy-noether", ["users/5", "u/5"]),
        ("/users/5", ["users/5", "u/5"]),
        ("/viewtopic.php?f=2&t=3&start=15", ["t=3"]),
        ("/forum/viewtopic.php?t=3&p=7#p9", ["p=9", "p=7", "t=3"]),
        ("/viewtopic.php?p=7;x", []),
        ("/viewforum.php?f=2", ["f=2"]),
        ("/memberlist.php?mode=viewprofile&u=8", ["u=8"]),
        ("/pipermail/Trees/", ["list/trees"]),
        ("/mailman/listinfo/trees", ["list/trees"]),
        ("/pipermail/trees/2011-March/thread.html", ["list/trees"]),
        (
            "/archives/list/trees@lists.example.org/thread/JJIGKPKB6CVDX6B2CUG4IHAJRIQIOUTP/?sort=date",
            [f"mail/{HASH}"],
        ),
        ("/hyperkitty/list/trees@lists.example.org/latest", ["list/trees"]),
        ("/archives/list/trees@lists.example.org/message/short/", []),
        ("/pipermail/trees/attachments/20051019/78a8bcf8/attachment.jpg", []),
        ("/t/", []),
        ("/t/which-trees/385/4/5", []),
        ("/t/which-trees/99999999999999999999", []),
        ("/u/a%00b", []),
        ("/about", []),
    ],
)
def test_an_address_has_the_keys_of_its_page(address, found):
    path, _, fragment = address.partition("#")
    path, _, query = path.partition("?")
    assert keys.read(path, query, fragment) == found
    assert len({keys.kind(key) for key in found}) <= 1


@pytest.mark.parametrize(
    ("address", "first", "after"),
    [
        ("/pipermail/trees/2011-March/012345.html", "2011-03-01", "2011-04-01"),
        ("/lists/pipermail/trees/2011-December", "2011-12-01", "2012-01-01"),
        ("/archives/trees/2011q4/date.html", "2011-10-01", "2012-01-01"),
        ("/mailman/private/trees/2011/author.html", "2011-01-01", "2012-01-01"),
        ("/pipermail/trees/Week-of-Mon-20110307/subject.html", "2011-03-07", "2011-03-14"),
        ("/pipermail/trees/20110307/", "2011-03-07", "2011-03-08"),
        ("/archives/list/trees@lists.example.org/2011/3/", "2011-03-01", "2011-04-01"),
        ("/archives/list/trees@lists.example.org/2011/13/", None, None),
        ("/pipermail/trees/2011-Foo/thread.html", None, None),
        ("/pipermail/trees/20110399/thread.html", None, None),
        ("/pipermail/trees/index.html", None, None),
        ("/t/which-trees/385", None, None),
    ],
)
def test_pages_of_a_mailing_list_have_a_period(address, first, after):
    assert keys.period(address) == (first and (date.fromisoformat(first), date.fromisoformat(after)))


def test_a_mail_without_a_known_number_is_in_its_list():
    assert keys.read("/pipermail/trees/2011-March/012345.html") == ["list/trees/12345", "list/trees"]


def test_a_host_is_compared_without_port_and_case():
    assert keys.host_of("https://Forum.Example.org.:8000/x") == "forum.example.org"
    assert [keys.host_of(address) for address in (None, "", "https://[", "/t/1")] == [""] * 4
