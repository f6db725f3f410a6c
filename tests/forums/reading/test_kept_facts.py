"""What a process keeps of comments never outlives its truth."""

from accounts.profiles import deletion
from forums.models import Topic
from forums.reading import shared_page
from forums.reading.selection import Selected


def test_no_page_names_a_member_who_has_left(limes, opening, say, sign_in, visitor, cleo, ben):
    first = say(opening, "By Cleo.", author=cleo)
    say(first, "To Cleo.", author=ben)
    readers = [sign_in(ben), visitor]
    for reader in readers:
        page = reader.get(limes.get_absolute_url()).text
        assert "/u/Cleo/" in page
        assert "in reply to Cleo" in page
    deletion.delete(cleo)
    for reader in readers:
        page = reader.get(limes.get_absolute_url()).text
        assert "By Cleo." in page
        assert "/u/Cleo/" not in page
        assert "in reply to Cleo" not in page


def test_facts_from_a_server_that_lags_behind_are_kept_under_their_own_version(limes, opening):
    topic = Topic.objects.get(pk=limes.pk)
    newer = Selected(opening.pk, 0, 0, opening.version + 1, None)  # as another process has selected it
    shared_page._facts_of([newer], topic)
    kept = {key[:2] for key in shared_page._facts._kept}
    assert (opening.pk, opening.version) in kept
    assert (opening.pk, opening.version + 1) not in kept
