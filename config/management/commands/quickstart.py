"""Starts the whole site with one command, for trying it out."""

import secrets
from concurrent.futures import ThreadPoolExecutor

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import transaction

from config.engines import readiness
from config.processes import launch, signals, web_server
from config.web import static_storage


class Command(BaseCommand):
    help = "Start the whole site with a demo and an administrator, and print its address. Ctrl-C stops it."
    requires_system_checks = []  # they take a second and do not help somebody who tries the site out

    def add_arguments(self, parser):
        parser.add_argument(
            "--port",
            type=int,
            default=8000,
            help="port of the pages; sockets use the next one (default 8000)",
        )
        parser.add_argument("--data", help="directory for everything that is not code (default var)")
        parser.add_argument("--no-demo", action="store_true", help="do not fill an empty forum with the demo")

    def handle(self, *, port, no_demo, **options):
        with signals.until_stopped():
            launch.check_addresses(port)
            with launch.lock_data_dir() as lock:
                self.prepare(demo=not no_demo)
                sign_in = make_administrator() or "Sign in as the administrator of the first start."
                self.say(sign_in)
                self.become_supervisor(port, lock)

    def prepare(self, *, demo):
        self.say(f"Starting Folkmoot in {launch.short(settings.DATA_DIR)} …")
        readiness.ready(also_redis=True)
        with ThreadPoolExecutor() as beside:  # both take seconds in a new directory
            collecting = beside.submit(static_storage.collect)
            call_command("migrate", verbosity=0, interactive=False)
            collecting.result()
        if demo and "demo" in get_commands():
            try:
                with transaction.atomic():  # all or nothing, also when interrupted
                    call_command("demo", if_empty=True, stdout=self.stdout)
            except CommandError as refused:
                self.say(f"The demo was left out: {refused}")

    def become_supervisor(self, port, lock):
        address = f"http://localhost:{port}"  # browsers allow no passkeys at 127.0.0.1
        environment = {"LIVE_URL": f":{port + 1}", "SITE_URL": address}
        if port != 8000:
            # Browsers send cookies to every port of a host, so two sites on one host need different cookie names.
            environment["SESSION_COOKIE_NAME"] = f"sessionid_{port}"
        where = f"Logs and mail are in {launch.short(settings.DATA_DIR)}. Ctrl-C stops everything."
        launch.become_supervisor(
            port, web_server.WORKERS, 1, f"Folkmoot is at {address}\n{where}", lock, **environment
        )

    def say(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()


def make_administrator() -> str:
    """Make the first superuser and return how to sign in, or an empty text if there is a superuser already."""
    User = get_user_model()
    if User.objects.filter(is_superuser=True).exists():
        return ""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        admin = User.objects.create_superuser("admin", "admin@localhost.localdomain", password)
        # Nobody receives mail at this address, so it counts as confirmed.
        confirmed = {"primary": True, "verified": True}
        EmailAddress.objects.update_or_create(user=admin, email=admin.email, defaults=confirmed)
    return f"Sign in as admin with the password {password} (shown only now)."
