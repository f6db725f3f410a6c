"""Queries that Django compiles once, because compiling takes longer than Postgres needs to answer.

    @compiled
    def _topic(viewer, pk):
        return Topic.objects.visible_to(viewer).filter(pk=pk)

    found = _topic(request.user, 7)  # a list; one query

The function runs once for each kind of arguments. It gets stand-ins: numbers just below 2³¹, which no row has. It may
pass numbers on, but not look at them. It may look at texts, None, booleans and whether a tuple is empty. Of
a viewer it may look at the rights: visitor, member of some number of groups, moderator, administrator.

A `Text` is a text that differs with each call, such as words to search for. The function may only pass it on, as a
value or to `__startswith`.

Pass a tuple of numbers to `__among`, which is `__in` with all numbers in one parameter. With one parameter for each
number, every length would be another statement for Postgres to plan. A tuple of texts goes to `__sharing`, for a column
that is an array.

Postgres soon switches to a generic plan, so a condition must be fast for every value. Filter by ids `__among` some. Do
not filter the comments of a topic by "among these ids, or something else": Postgres would read the whole topic.

The module uses private parts of Django's SQL compiler. `is_usable` tries them once in each process. If they have
changed, every query is compiled at each call, through the public API: pages are slower and show the same.
"""

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import copy
from functools import cache, wraps
from itertools import count

import django
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignKey, Lookup, QuerySet, query
from django.db.models.expressions import Col

from config.replicas import reads

LARGEST = 2**31 - 1
"""The largest value of an integer column. Stand-ins are not negative: Django drops a condition that no row can meet."""
log = logging.getLogger(__name__)


class Text(str):
    """A text on which the statement does not depend."""

    __slots__ = ()


def compiled(build: Callable[..., QuerySet]) -> Callable[..., list]:
    """Decorate `build`, which returns a queryset. The decorated function returns the rows as a list.

    The queryset is compiled once for each kind of arguments.
    """
    statements: dict[tuple, _Statement] = {}

    @wraps(build)
    def rows(*given) -> list:
        if not is_usable():
            return list(build(*given))
        values: list[int | list | str] = []
        kinds = tuple(_kind(each, values) for each in given)
        if kinds not in statements:
            numbers = count(LARGEST, -1)
            statements[kinds] = _Statement(build(*(_stand_in(kind, numbers) for kind in kinds)), len(values))
        return statements[kinds].rows(values, connections[reads.alias()])

    return rows


class _Statement:
    """A compiled queryset. Its parameters contain stand-ins, which `rows` replaces."""

    def __init__(self, queryset: QuerySet, count: int):
        """Compile a queryset that was built with `count` stand-ins."""
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.stand_ins: dict[int, Callable] = {}
        """By place, a function that makes the parameter from all values and the connection's operations."""
        try:
            self.sql, self.parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
        else:
            found = {at: _filler(each, count) for at, each in enumerate(self.parameters)}
            self.stand_ins = {at: fill for at, fill in found.items() if fill}
            columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
            self.converters = converters = self.compiler.get_converters(columns)
            self.compiler.get_converters = lambda _: converters
            # Nothing changes the query any more, so each use needs a shallow copy only.
            queryset.query.chain = lambda: copy(queryset.query)
            self.read = _reader(queryset, self.compiler)

    def rows(self, values: list[int | list | str], connection) -> list:
        """The rows for `values`; one query on `connection`, which must belong to this thread."""
        if not self.sql:
            return []
        parameters = list(self.parameters)
        for at, fill in self.stand_ins.items():
            parameters[at] = fill(values, connection.ops)
        compiler = copy(self.compiler)
        compiler.connection = connection
        if self.read:
            found = connection.rows(self.sql, parameters)
            if self.converters:
                found = compiler.apply_converters(found, self.converters)
            return self.read(found, connection.alias)
        compiler.as_sql = lambda *_, **__: (self.sql, parameters)
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda *_, **__: compiler
        return list(queryset)


def _reader(queryset: QuerySet, compiler) -> Callable[[Iterable[tuple], str], list] | None:
    """What makes objects or tuples of rows from a database. None for what Django must make, with more queries."""
    if queryset._prefetch_related_lookups or queryset._known_related_objects:
        return None
    if queryset._iterable_class is query.ValuesListIterable:
        return lambda rows, _: list(map(tuple, rows))
    return _Objects(compiler).read if queryset._iterable_class is query.ModelIterable else None


class _Objects:
    """Makes objects of a statement's rows. Django's iterable finds out at each call which column goes where."""

    def __init__(self, compiler):
        columns = compiler.klass_info["select_fields"]
        self.compiler, self.model = compiler, compiler.klass_info["model"]
        self.columns = slice(columns[0], columns[-1] + 1)
        self.names = [column.target.attname for column, *_ in compiler.select[self.columns]]
        self.annotations = tuple((compiler.annotation_col_map or {}).items())
        self.populators: dict[str, list] = {}
        """What makes the related objects, by the database that they are loaded from."""

    def read(self, rows: Iterable[tuple], database: str) -> list:
        if database not in self.populators:
            klass_info, select = self.compiler.klass_info, self.compiler.select
            self.populators[database] = query.get_related_populators(klass_info, select, database)  # type: ignore[call-arg]
        populators, found = self.populators[database], []
        for row in rows:
            made = self.model.from_db(database, self.names, row[self.columns])
            for populator in populators:
                populator.populate(row, made)
            for name, at in self.annotations:
                setattr(made, name, row[at])
            found.append(made)
        return found


def _filler(parameter, count: int) -> Callable | None:
    """Return a function that makes the value for a stand-in, in the type of its field. None for other parameters."""
    if isinstance(parameter, _Many):
        at = LARGEST - parameter[0]
        return lambda values, _: values[at]
    if isinstance(parameter, str) and parameter.startswith(_NONCHARACTER):
        at = LARGEST - int(parameter[1:].removesuffix("%"))
        if parameter.endswith("%"):
            return lambda values, operations: f"{operations.prep_for_like_query(values[at])}%"
        return lambda values, _: str(values[at])
    if isinstance(parameter, int) and LARGEST - count < parameter <= LARGEST:
        at, kind = LARGEST - parameter, type(parameter)
        return lambda values, _: kind(values[at])
    return None


@cache
def is_usable() -> bool:
    """Whether this Django can compile a statement once and use it again. Tried once in each process; no query."""
    try:
        _try_out()
    except Exception:
        log.warning(
            "Django %s has changed its SQL compiler: queries are compiled at each call, so pages are slower.",
            django.get_version(),
            exc_info=True,
        )
        return False
    return True


def findings() -> Iterator[tuple[bool | None, str]]:
    """The findings of this module for `doctor`."""
    if is_usable():
        yield True, f"Queries are compiled once with Django {django.get_version()}"
    else:
        yield (
            None,
            f"Queries are compiled at each call, because Django {django.get_version()} has changed its SQL compiler. "
            "Pages are slower but right. Install the Django version that pyproject.toml names.",
        )


def _try_out() -> None:
    """Run statements on a connection that answers without Postgres. Raises whatever error it meets."""
    one, several = LARGEST, _Many([LARGEST - 1])
    connection, row = connections[DEFAULT_DB_ALIAS].copy(), (7, "config", "example")
    objects = ContentType.objects.filter(pk=one, pk__among=several)
    for queryset in (objects, objects.values_list("pk", "app_label", "model", named=True)):
        connection.cursor = cursor = _OneRowCursor(row)
        connection.rows = cursor.rows_of
        found = _Statement(queryset, 2).rows([7, [7, 8]], connection)
        shown = [each if isinstance(each, tuple) else (each.pk, each.app_label, each.model) for each in found]
        if shown != [row] or tuple(cursor.parameters) != (7, [7, 8]):
            raise RuntimeError(f"The answer was {found} for {cursor.parameters}")


class _OneRowCursor:
    """A cursor that returns one row to every statement and keeps the parameters."""

    def __init__(self, row: tuple) -> None:
        self.rows, self.parameters = [row], None

    def __call__(self):
        return self

    def execute(self, sql, parameters) -> None:
        self.parameters = parameters

    def rows_of(self, sql, parameters) -> list:
        self.parameters = parameters
        return self.rows

    def fetchmany(self, size: int) -> list:
        rows, self.rows = self.rows, []
        return rows

    def close(self) -> None:
        """There is no connection to close."""


@ForeignKey.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`= ANY (array)`. The numbers are passed to Postgres unchanged.

    With primary keys a sub-select hides how many there are. For a few, Postgres would otherwise plan at each call,
    because its generic plan is made for ten. For a comment that a page renders that took 2 ms.
    """

    lookup_name = "among"
    prepare_rhs = False
    template = "{} = ANY(%s)"
    template_of_keys = "{} = ANY((SELECT %s)::bigint[])"

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        values = as_array(self.rhs)
        is_key = isinstance(self.lhs, Col) and self.lhs.target.primary_key
        template = self.template_of_keys if is_key else self.template
        return template.format(column), (*parameters, values)


@ArrayField.register_lookup
class Sharing(Among):
    """`&& array`: whether an array of texts has at least one of these texts."""

    lookup_name = "sharing"
    template = "{} && %s::varchar[]"


_NONCHARACTER = "\ufdd0"
"""Begins the stand-in of a `Text`. Unicode keeps it free for such uses."""


class _Many(tuple):
    """A stand-in for several numbers or texts."""


def as_array(values: tuple) -> Sequence:
    """The tuple of numbers or texts as a parameter that Postgres gets as an array, for SQL in a compiled query."""
    return values if isinstance(values, _Many) else list(values)


def _kind(given, values: list) -> Hashable:
    """All of an argument that its statement depends on. Appends the argument's numbers and `Text` to `values`."""
    if isinstance(given, Text):
        values.append(given)
        return Text
    if given is None or isinstance(given, (bool, str)):
        return given
    if isinstance(given, int):
        values.append(given)
        return int
    if isinstance(given, tuple):
        if given:
            values.append(list(given))
        return tuple, bool(given)
    if not given.is_authenticated:
        return AnonymousUser
    values += (given.pk, *given.group_ids)
    return AbstractBaseUser, len(given.group_ids), given.is_moderator, given.is_superuser


def _stand_in(kind: Hashable, numbers: Iterator[int]):
    if kind is int:
        return next(numbers)
    if kind is Text:
        return f"{_NONCHARACTER}{next(numbers)}"
    if kind is AnonymousUser:
        return AnonymousUser()
    if not isinstance(kind, tuple):
        return kind
    if kind[0] is tuple:
        return _Many([next(numbers)]) if kind[1] else ()
    _, groups, is_moderator, is_superuser = kind
    viewer = get_user_model()(pk=next(numbers), is_superuser=is_superuser)
    viewer.group_ids, viewer.is_moderator = tuple(next(numbers) for _ in range(groups)), is_moderator
    return viewer
