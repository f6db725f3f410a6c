"""Answers are compressed for those who accept it, and are the same for all."""

import gzip

import pytest
from django.http import HttpResponse

from config.web.compression import CompressionMiddleware, zstd

UNPACK = {"zstd": zstd.decompress, "gzip": gzip.decompress, "": bytes}
ACCEPTED = [
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip, deflate, br", "gzip"),
    ("br", ""),
    ("", ""),
]


@pytest.mark.parametrize(("accepted", "encoding"), ACCEPTED)
def test_a_members_page_comes_in_the_best_encoding_that_the_browser_accepts(
    sign_in, cleo, accepted, encoding
):
    page = sign_in(cleo).get("/", headers={"accept-encoding": accepted})
    assert page.headers.get("Content-Encoding", "") == encoding
    assert int(page.headers.get("Content-Length", len(page.content))) == len(page.content)
    assert ("Accept-Encoding" in page["Vary"]) == bool(encoding)
    html = UNPACK[encoding](page.content).decode()
    assert "Signed in as <strong>Cleo" in html and html.rstrip().endswith("</html>")


def test_what_is_short_or_compressed_already_is_sent_as_it_is(visitor, sign_in, cleo):
    headers = {"accept-encoding": "gzip, zstd"}
    assert "Content-Encoding" not in visitor.get("/healthz", headers=headers)
    assert "Content-Encoding" not in visitor.get("/favicon.ico", headers=headers, follow=True)


def test_an_etag_of_compressed_bytes_is_weak(rf):
    answer = CompressionMiddleware(lambda _: HttpResponse("long " * 200, headers={"ETag": '"7"'}))
    assert answer(rf.get("/", headers={"accept-encoding": "zstd"}))["ETag"] == 'W/"7"'
    assert answer(rf.get("/"))["ETag"] == '"7"'
