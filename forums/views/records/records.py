from functools import cache
from pathlib import Path

from csp.decorators import csp_update
from django.db.models import Exists, OuterRef
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from config.caching import cache_tags, visitor_cache
from config.web.limits import limit
from forums.listing.paging import Pages
from forums.models import Record, Topic
from forums.records import files, page, verify_record

PACE = limit("record", member="60/h", address="120/h", reads=True)


def show_list(request):
    """List the chain, the newest records first. Only records of topics that the viewer may see are linked."""
    visitor_cache.depends_on(request, cache_tags.CATEGORIES, cache_tags.LISTS, cache_tags.RECORDS)
    seen = Exists(Topic.objects.visible_to(request.user).filter(pk=OuterRef("topic")))
    chain = Record.objects.defer("content").annotate(is_seen=seen)
    return render(request, "forums/records/list.html", {"pages": Pages(request, chain, ["-seq", "-pk"])})


@PACE
@csp_update({"style-src": [page.style_source()]})
def show(request, seq):
    """Show a record on a page that can be saved and read without the site."""
    record = _find(request.user, seq)
    return StreamingHttpResponse(page.render(record, request.user))


@PACE
def download(request, seq):
    """Send a record with the texts that the viewer may read today."""
    record = _find(request.user, seq)
    return _file(files.json_file(record, request.user), f"record-{record.seq}.json", "application/json")


@PACE
def download_chain(request):
    """Send the links of the chain. They have no titles, so everybody may have them. `?after=` begins later."""
    after = request.GET.get("after", "0")
    if not after.isdecimal() or len(after) > 9:
        raise Http404
    return _file(files.chain_file(int(after)), "chain.json", "application/json")


def download_verifier(request):
    """Send the program that verifies records."""
    return _file([_verifier()], "verify_record.py", "text/x-python; charset=utf-8")


@cache
def _verifier():
    return Path(verify_record.__file__).read_bytes()


def _find(user, seq):
    if seq >= 2**31:
        raise Http404
    return get_object_or_404(Record.objects.filter(topic__in=Topic.objects.visible_to(user)), seq=seq)


def _file(pieces, name, kind):
    answer = StreamingHttpResponse(pieces, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
