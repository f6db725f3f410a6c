"""Scripts for processes that tests start. Each prints a word when it has seen what it waits for."""

HOLD_ENGINES = """
import sys
from pathlib import Path
from config.engines import embedded
embedded.ensure(Path(sys.argv[1]))
print("up", flush=True)
sys.stdin.read()
"""
OPEN_TOPIC = """
from uuid import uuid4
from accounts.models import User
from forums.models import Category, Topic
category = Category.objects.create(name="Garden", slug="garden")
author = User.objects.create_user("Ada", "ada@example.org")
print(Topic.open(author=author, category=category, title="Limes", body="Do limes grow here?", token=uuid4()).pk)
"""
START_TASK = """
from datetime import timedelta
from time import sleep
from allauth.usersessions.models import UserSession
from django.utils import timezone
from accounts.models import User
from accounts.tasks import forget_addresses
session = UserSession.objects.create(user=User.objects.get(), session_key=str(timezone.now()), ip="192.0.2.7")
UserSession.objects.update(created_at=timezone.now() - timedelta(days=400))
forget_addresses.delay()
for _ in range(300):
    session.refresh_from_db()
    if session.ip == "0.0.0.0":
        print("done")
        break
    sleep(0.1)
"""
REPLY = """
from time import sleep
from uuid import uuid4
from django_redis import get_redis_connection
from forums.models import OutboxEvent, Topic
from forums.models.notifications.outbox import DISPATCH_TASK
opening = Topic.objects.get().comments.get(seq=1)
# As if a task were queued already, and were then lost: only the periodic run dispatches the event of this reply.
get_redis_connection("default").set(f"queued:{DISPATCH_TASK}", 1)
opening.topic.reply(author=opening.author, parent=opening, body="They do.", token=uuid4())
assert OutboxEvent.objects.exists()
for _ in range(300):
    if not OutboxEvent.objects.exists():
        print("done")
        break
    sleep(0.1)
"""
