from django.core.management.base import BaseCommand

from forums.models import Comment

BATCH = 200


class Command(BaseCommand):
    help = (
        "Have pictures of other sites fetched for texts that were stored before November 2026. Until then they are "
        "links. The command can be interrupted and run again."
    )

    def handle(self, **options):
        found, last = 0, 0
        remote = (
            Comment.objects.filter(body_html__contains='<img src="http')
            .select_related("topic")
            .order_by("pk")
        )
        while comments := list(remote.filter(pk__gt=last)[:BATCH]):
            for comment in comments:
                comment.place_pictures()
            found, last = found + len(comments), comments[-1].pk
        if options["verbosity"]:
            self.stdout.write(f"{found} texts have pictures of other sites. A task fetches them.")
