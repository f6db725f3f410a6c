"""Celery tasks for discussions. All are safe to run twice. CELERY_BEAT_SCHEDULE says how often each runs anyway."""

from celery import shared_task
from django.utils import timezone

from accounts.mail import sending
from config.processes import task_queue
from forums.debates import transitions
from forums.models import Notification, PendingPost
from forums.moderation import background
from forums.notifications import dispatch
from forums.notifications.mail import claiming
from forums.outcomes import reminders
from forums.pictures import storing
from forums.posting import trust
from forums.posting.new_member_limits import DAY
from forums.previews import fetching
from forums.reading import warming
from forums.records import writing
from forums.search import index
from forums.tags import synonyms

SEARCH_TASK = "forums.tasks.update_search"


@shared_task(rate_limit="1/s")
def dispatch_events():
    """Dispatch the events in the outbox. Started by the commit that writes them.

    Under load the rate limit of each worker gathers events into full batches: a batch costs hardly more when it is
    full.
    """
    dispatch.dispatch_events()
    task_queue.start_on_commit(SEARCH_TASK)


@shared_task(rate_limit="1/s")
def update_search():
    """Write the words of new and changed comments for search. Started after events, most of which are of comments."""
    if index.run():
        task_queue.start_on_commit(SEARCH_TASK)  # there may be more


@shared_task
def replace_synonyms():
    """Replace the tags that became synonyms, or were renamed. Started by an administrator's change."""
    synonyms.replace()


@shared_task
def run_debate_transitions():
    """Begin and end the debates whose time has come. Started at that time."""
    transitions.turn_due()
    transitions.start_next()


@shared_task
def remind_of_reviews():
    """Remind members of outcomes whose review date has come. Each hour, so that a missed run is made up."""
    reminders.remind_due()


@shared_task
def raise_trust_levels():
    """Raise the trust level of members who have earned it. Daily."""
    trust.grow_all()


@shared_task(time_limit=3600)
def run_background_acts():
    """Do the acts of moderation that wait because they change many comments. Started when one is asked for."""
    background.run_pending()


@shared_task
def warm_cache():
    """Warm the cache if the templates are new to it, or if its Redis was lost. Each minute."""
    warming.warm_if_cold()


@shared_task
def send_mail():
    """Mail what members have not read. Started when a notification becomes due."""
    claiming.claim()
    sending.send_due()


@shared_task
def delete_old_notifications():
    """Delete old notifications. Daily."""
    Notification.objects.forget_old()


@shared_task
def delete_withdrawn_posts():
    """Delete the empty rows of withdrawn texts that count for no limit any more. Daily."""
    PendingPost.objects.withdrawn().filter(at__lt=timezone.now() - DAY).delete()


@shared_task
def process_uploads():
    """Prepare pictures that members have uploaded. Started by an upload."""
    storing.process_uploads()


@shared_task
def fetch_pictures():
    """Fetch the pictures of other sites that texts contain. Started by such a text."""
    storing.fetch_pictures()


@shared_task
def fetch_previews():
    """Fetch what other pages say about themselves. Started by a text with a link that stands alone."""
    fetching.fetch_previews()


@shared_task
def remove_pictures():
    """Remove the files of pictures that no text has. Started when a text is deleted."""
    storing.remove_pictures()


@shared_task(time_limit=3600)
def write_records():
    """Write the records of polls and debates that have ended. Started when one ends, and each minute."""
    writing.write_due()
