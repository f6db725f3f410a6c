"""Addresses of Discourse, Stack Exchange and phpBB are read into the keys that importers store."""

import pytest

from forums.old_addresses import keys


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
        ("/users/5/emmy-noether", ["users/5", "u/5"]),
        ("/users/5", ["users/5", "u/5"]),
        ("/viewtopic.php?f=2&t=3&start=15", ["t=3"]),
        ("/forum/viewtopic.php?t=3&p=7#p9", ["p=9", "p=7", "t=3"]),
        ("/viewtopic.php?p=7;x", []),
        ("/viewforum.php?f=2", ["f=2"]),
        ("/memberlist.php?mode=viewprofile&u=8", ["u=8"]),
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


def test_a_host_is_compared_without_port_and_case():
    assert keys.host_of("https://Forum.Example.org.:8000/x") == "forum.example.org"
    assert [keys.host_of(address) for address in (None, "", "https://[", "/t/1")] == [""] * 4
