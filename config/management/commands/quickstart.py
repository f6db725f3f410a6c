"""The whole site with one command, for trying it out."""

import secrets

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import transaction

from config import engines, launch, pages, statics, stopping


class Command(BaseCommand):
    help = "Start everything, with a demo and an administrator, and print where. Ctrl-C stops it."
    requires_system_checks = []  # they would cost a second and tell a visitor nothing

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="pages here, sockets on the next (8000)")
        parser.add_argument("--data", help="the directory for everything that is not code (var)")
        parser.add_argument("--no-demo", action="store_true", help="leave an empty forum empty")

    def handle(self, *, port, no_demo, **options):
        with stopping.until_stopped():
            launch.check_places(port)
            with launch.alone_in_data_dir() as lock:
                self.prepare(demo=not no_demo)
                sign_in = make_administrator() or "Sign in as the administrator of the first start."
                self.say(sign_in)
                self.become_crew(port, lock)

    def prepare(self, *, demo):
        self.say(f"Starting Folkmoot in {launch.short(settings.DATA_DIR)} …")
        engines.ready(also_redis=True)
        call_command("migrate", verbosity=0, interactive=False)
        statics.collect()
        if demo and "demo" in get_commands() and not apps.get_model("forums", "Topic").objects.exists():
            self.say("Filling the forum with a demo …")
            try:
                with transaction.atomic():  # whole or not at all, also when interrupted
                    call_command("demo")
            except CommandError as refused:
                self.say(f"Without the demo: {refused}")

    def become_crew(self, port, lock):
        address = f"http://127.0.0.1:{port}"
        environment = {"LIVE_URL": f":{port + 1}", "SITE_URL": address}
        if port != 8000:
            # Cookies do not care about ports: a neighbour's session must have another name.
            environment["SESSION_COOKIE_NAME"] = f"sessionid_{port}"
        where = f"Logs and mail are in {launch.short(settings.DATA_DIR)}. Ctrl-C stops everything."
        launch.become_crew(port, pages.WORKERS, 1, f"Folkmoot is at {address}\n{where}", lock, **environment)

    def say(self, sentence):
        self.stdout.write(sentence)
        self.stdout.flush()


def make_administrator() -> str:
    """Make the first superuser, and say once how to sign in; nothing where there is one."""
    User = get_user_model()
    if User.objects.filter(is_superuser=True).exists():
        return ""
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        admin = User.objects.create_superuser("admin", "admin@localhost.localdomain", password)
        # Nobody reads mail there, so there is nothing to confirm.
        confirmed = {"primary": True, "verified": True}
        EmailAddress.objects.update_or_create(user=admin, email=admin.email, defaults=confirmed)
    return f"Sign in as admin with the password {password} (shown only now)."
