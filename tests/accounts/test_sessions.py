from allauth.usersessions.models import UserSession
from django.test import Client

SESSIONS = "/accounts/sessions/"


def who(client):
    return client.get("/u/Ada/").wsgi_request.user


def test_a_member_sees_own_devices_and_ends_the_others(ada, ben, with_password, enter):
    here, there, bens = (
        Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}),
        Client(),
        Client(),
    )
    with_password(ada)
    with_password(ben)
    for client, name in ((here, "Ada"), (there, "Ada"), (bens, "Ben")):
        enter(client, name)
    page = here.get(SESSIONS)
    assert len(page.context["sessions"]) == 2
    assert "Firefox on Linux" in page.content.decode()
    here.post(SESSIONS)
    assert (who(here), who(there).is_authenticated, who(bens)) == (ada, False, ben)
    assert UserSession.objects.filter(user=ada).count() == 1


def test_pages_cost_no_query_for_the_list_of_devices(
    ada, client, with_password, enter, django_assert_num_queries
):
    enter(client, with_password(ada).username)
    client.get("/accounts/settings/preferences/")
    with django_assert_num_queries(2):  # the viewer, and the form's own copy of the row
        client.get("/accounts/settings/preferences/")
