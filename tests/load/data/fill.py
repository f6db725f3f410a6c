"""Writes a generated forum to an empty database in one transaction, with the counters a real forum would have."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from random import Random

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, transaction
from tqdm import tqdm

from accounts.models import User
from config.management.operator_error import OperatorError
from forums.models import Category, Comment, SearchUpdate, Topic, Visit, Vote
from tests.load.data.corpus import CATEGORIES, Corpus
from tests.load.data.members import DOMAIN, make_categories, make_members
from tests.load.data.topics import Discussion, Talk

SEED = 20
BATCH = 20_000
"""Comments in memory at a time."""
VISITED = 200
"""The most topics that one member has visited."""


def fill(corpus: Corpus) -> bool:
    """Write `corpus` unless it exists. Returns whether it was written. Raises OperatorError if another forum exists."""
    if Topic.objects.exists() or User.objects.exists():
        refuse_others(corpus)
        return False
    random = Random(SEED)
    cache.clear()
    with transaction.atomic():
        members = make_members(random, corpus.members)
        categories = make_categories(CATEGORIES)
        empty_anew(Comment, Vote)
        with without_indexes(Comment, Vote, Visit):
            talk = Talk(random, members, datetime.now(UTC))
            write_discussions(corpus, talk.discussions(corpus, categories))
            if corpus.copies > 1:
                write_copies(corpus)
            write_visits(random, corpus)
        # One update of everything. Otherwise each entry is written for its comment, too.
        empty_anew(SearchUpdate)
        SearchUpdate.objects.of_everything()
        correct_sequences()
    return True


def vacuum(*tables: str) -> None:
    """Vacuum all tables or only these, as autovacuum would within a day. Waits for autovacuum where it is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")


TORTURE = "bench torture "
"""The beginning of the source of topics that `scenarios.torture` has opened, and hidden at its end."""


def refuse_others(corpus: Corpus) -> None:
    """Raise OperatorError unless the database holds this corpus and nothing else."""
    strangers = User.objects.exclude(email__endswith=DOMAIN).exists()
    if strangers or Topic.objects.exclude(source__startswith="bench ").exists():
        raise OperatorError("This database holds a real forum. Choose another with --data or DATABASE_URL.")
    topics = Topic.objects.exclude(source__startswith=TORTURE).count()
    if topics != (wanted := corpus.topics * corpus.copies):
        raise OperatorError(
            f"This database holds {topics:,} generated topics, not {wanted:,}. "
            "Empty it, or choose another with --data or DATABASE_URL."
        )


def write_discussions(corpus: Corpus, discussions: Iterable[Discussion]) -> None:
    with tqdm(total=corpus.comments, unit=" comments", delay=2) as bar:
        for batch in batches(discussions):
            Topic.objects.bulk_create([each.topic for each in batch])
            copy(Comment, Discussion.COMMENT, (line for each in batch for line in each.comments))
            copy(Vote, Discussion.VOTE, (line for each in batch for line in each.votes))
            bar.update(sum(len(each.comments) for each in batch))


def write_copies(corpus: Corpus) -> None:
    """Write all copies but the first. Their foreign keys are as right as the first ones, and are not checked."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # the account must be a superuser
        cursor.execute(_UNIQUE, [[Comment._meta.db_table, Vote._meta.db_table]])
        constraints = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for number in tqdm(range(1, corpus.copies), unit=" copies", delay=2):
            write_copy(corpus, number)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def write_copy(corpus: Corpus, number: int) -> None:
    """Write all topics, comments and votes once more, with ids that are higher by `number` times their number."""
    topics, comments = number * corpus.topics, number * corpus.comments
    of_topic = [field.column for field in Topic._meta.concrete_fields]
    of_comment, of_vote = Discussion.COMMENT.split(", "), Discussion.VOTE.split(", ")
    moved = {
        "topic_id": f"topic_id + {topics}",
        "parent_id": f"parent_id + {comments}",
        "token": "gen_random_uuid()",
    }
    moved["comment_id"] = f"comment_id + {comments}"
    copied = [
        (
            Topic,
            of_topic,
            "id",
            corpus.topics,
            {"id": f"id + {topics}", "source": f"'bench ' || (id + {topics})"},
        ),
        (Comment, of_comment, "id", corpus.comments, moved | {"id": f"id + {comments}"}),
        (Vote, of_vote, "comment_id", corpus.comments, moved),
    ]
    with connection.cursor() as cursor:
        for model, columns, key, last, new in copied:
            table, read = model._meta.db_table, ", ".join(new.get(column, column) for column in columns)
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {read} FROM {table} WHERE {key} <= {last}"
            )


def batches(discussions: Iterable[Discussion]) -> Iterator[list[Discussion]]:
    batch, count = [], 0
    for each in discussions:
        batch.append(each)
        count += len(each.comments)
        if count >= BATCH:
            yield batch
            batch, count = [], 0
    yield batch


def copy(model, columns: str, lines: Iterable[str]) -> None:
    """Write rows with COPY. Each line is in COPY's text format."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as sink,
    ):
        for line in lines:
            sink.write(line)


def write_visits(random: Random, corpus: Corpus) -> None:
    """Write visits: each member has read some topics completely or almost completely."""
    sizes = dict(Topic.objects.values_list("pk", "last_seq"))
    keys, now = list(sizes), datetime.now(UTC)
    rows = (
        (member, topic, max(1, sizes[topic] - random.choice((0, 0, 0, 2, 9))), now)
        for member in User.objects.values_list("pk", flat=True)
        for topic in random.sample(keys, min(VISITED, len(keys) // 10))
    )
    columns = "member_id, topic_id, baseline_seq, latest_seq, seen_at"
    copy(Visit, columns, (f"{member}\t{topic}\t{seen}\t{seen}\t{at}\n" for member, topic, seen, at in rows))


def empty_anew(*models) -> None:
    """Give the empty tables new files. What this transaction then writes needs no WAL where wal_level is minimal."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


class without_indexes:
    """Drops the indexes that no constraint needs, and creates them again after the rows are written."""

    def __init__(self, *models):
        self.tables = [model._meta.db_table for model in models]

    def __enter__(self):
        with connection.cursor() as cursor:
            cursor.execute(_PLAIN_INDEXES, [self.tables])
            self.indexes = cursor.fetchall()
            for name, _ in self.indexes:
                cursor.execute(f'DROP INDEX "{name}"')

    def __exit__(self, kind, *_):
        if kind is None:
            with connection.cursor() as cursor:
                # An index cannot be created while deferred foreign keys are unchecked.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
                for _, definition in self.indexes:
                    cursor.execute(definition)


_UNIQUE = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'u' AND conrelid = ANY(%s::regclass[])
"""
_PLAIN_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = ANY(%s)
      AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def correct_sequences() -> None:
    """Set the sequences behind the ids that were written explicitly."""
    models = [User, EmailAddress, Category, Topic, Comment, Vote, Visit]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
