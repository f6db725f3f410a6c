"""An event that kills each worker that dispatches it. Only the site of the drill has this app."""

import os
import signal

from django.apps import AppConfig

DEADLY = "This event kills its worker."


class Poison(AppConfig):
    name = "tests.load.drills.poison"

    def ready(self):
        from forums.notifications import dispatch

        deliver = dispatch._deliver

        def deliver_or_die(batch):
            if any(event.facts.get("words") == DEADLY for event in batch):
                os.kill(os.getpid(), signal.SIGKILL)
            deliver(batch)

        dispatch._deliver = deliver_or_die
