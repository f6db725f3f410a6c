"""The Celery application. Each app keeps its tasks in a module `tasks`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("folkmoot")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
