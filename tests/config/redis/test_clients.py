"""Which Redis a URL names: a server, Sentinels, or a Cluster, which is refused."""

import pytest

from config.engines import broker, readiness
from config.management.operator_error import OperatorError
from config.redis import clients
from tests import processes


def test_a_sentinel_url_names_hosts_service_database_and_passwords():
    url = clients.normalize(
        "redis+sentinel://ada:h%40sh@one,[::1]:26380,10.0.0.3/forum/2?sentinel_password=s3"
    )
    hosts = [("one", 26379), ("::1", 26380), ("10.0.0.3", 26379)]
    names = {"username": "ada", "password": "h@sh"}
    assert clients.parse(url) == (hosts, "forum", 2, names, {"password": "s3"})
    assert clients.database("redis+sentinel://one/forum") == 0
    assert clients.database("redis://one/3") == 3
    assert broker.options(url)["master_name"] == "forum"
    assert broker.options("redis://one") == {}
    assert broker.named("redis+sentinel://one/jobs/2") == "sentinel://one:26379/2"
    assert broker.named("amqp://one") == "amqp://one"


@pytest.mark.parametrize("url", ["redis+sentinel://", "redis+sentinel://one", "redis+sentinel://one:x/forum"])
def test_a_sentinel_url_without_hosts_or_service_is_refused(url):
    with pytest.raises(OperatorError, match="A Sentinel URL cannot be read: write redis"):
        clients.normalize(url)


def test_the_url_of_a_cluster_is_refused():
    with pytest.raises(OperatorError, match=r"^redis\+cluster:// names a Redis Cluster"):
        clients.normalize("redis+cluster://one:6379/0")


def test_a_server_of_a_cluster_is_refused(tmp_path, settings, monkeypatch):
    with processes.redis_server(tmp_path, "--cluster-enabled", "yes") as port:
        url = f"redis://127.0.0.1:{port}/0"
        settings.REDIS_URL = url
        monkeypatch.setenv("REDIS_URL", url)
        monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere")
        settings.DATABASE_URL = ""
        with pytest.raises(
            OperatorError, match=f"^REDIS_URL names a Redis Cluster at 127.0.0.1:{port}/0, which"
        ):
            readiness.ready(also_redis=True)
