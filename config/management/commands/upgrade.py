"""Brings a site to the code that is checked out, while it runs."""

import os
import signal
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, call_command

from config.engines import readiness
from config.processes import launch
from config.web import static_storage

BACK = """To go back: check out the previous release and reload it the same way (kill -HUP {pid}). Migrations stay:
each release runs on the schema of the next one. Only if data was damaged, stop the site and run
    manage.py restore {backup} --overwrite
which loses what was written since."""


class Command(BaseCommand):
    help = "Back up, migrate, collect static files and reload the running site. Run it after `git pull` and `uv sync`."

    def add_arguments(self, parser):
        parser.add_argument(
            "--backups",
            type=Path,
            default=settings.BACKUP_DIRECTORY or settings.DATA_DIR / "backups",
            help="directory for the backup (default BACKUP_DIRECTORY, or backups in the data directory)",
        )

    def handle(self, backups, **options):
        backups = Path(backups)
        backups.mkdir(parents=True, exist_ok=True)
        call_command("backup", str(backups), stdout=self.stdout)
        newest = max(backups.iterdir(), key=lambda path: path.stat().st_mtime)
        missing = readiness.missing_migrations()
        call_command("migrate", verbosity=0)
        self.stdout.write(f"Applied {missing} migrations.")
        static_storage.collect(keeps_old=True)
        pid = launch.running_supervisor()
        if pid:
            os.kill(pid, signal.SIGHUP)
            self.stdout.write("The site reloads the code; it says so where it prints.")
        else:
            self.stdout.write("No `serve` runs in this data directory: restart the processes of the site.")
        self.stdout.write(BACK.format(pid=pid or "its process", backup=newest))
