"""The health checks that load balancers and the supervisor use."""

import pytest


def test_a_living_process_says_ok_without_a_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_with_both_engines_up_the_site_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"postgres": "up", "redis": "up"})
