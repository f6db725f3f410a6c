"""Queries that are compiled once: some take Django longer to compile than Postgres to answer.

    @prepared
    def _topic(viewer, pk):
        return Topic.objects.visible_to(viewer).filter(pk=pk)

    found = _topic(request.user, 7)  # a list; one query

The function is called once for each kind of arguments, with stand-ins for them: numbers near 2³¹, which no row has.
It may only pass numbers on. It may look at texts, at None and booleans, at whether a tuple of numbers is empty, and at
who a viewer is: a visitor, a member in so many groups, a moderator, an administrator.

A tuple is for `__among`, which is `__in` with all numbers in one parameter: with one for each, every length would be
another statement, and Postgres would plan it anew.

Postgres soon plans without looking at the numbers, so a statement must have one way that is good for all of them: ids
`__among` some, not those of a topic that are among some or are something else, for which all of it would be read.
"""

from collections.abc import Callable, Hashable, Iterator
from copy import copy
from functools import wraps
from itertools import count

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, ForeignKey, Lookup, QuerySet

from accounts.models import User

LARGEST = 2**31 - 1
"""That a column of whole numbers holds. Below zero Django knows that a positive one has none, and leaves it out."""


def prepared(build: Callable[..., QuerySet]) -> Callable[..., list]:
    """The rows of the queryset that `build` makes; at the first call of a kind, it is compiled."""
    statements: dict[tuple, _Statement] = {}

    @wraps(build)
    def rows(*given) -> list:
        values: list[int | list[int]] = []
        kinds = tuple(_kind(each, values) for each in given)
        if kinds not in statements:
            numbers = count(LARGEST, -1)
            statements[kinds] = _Statement(build(*(_stand_in(kind, numbers) for kind in kinds)))
        return statements[kinds].rows(values)

    return rows


class _Statement:
    def __init__(self, queryset: QuerySet):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        try:
            self.sql, self.parameters = self.compiler.as_sql()
        except EmptyResultSet:
            self.sql = ""
        else:
            columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
            converters = self.compiler.get_converters(columns)
            self.compiler.get_converters = lambda _: converters

    def rows(self, values: list[int | list[int]]) -> list:
        if not self.sql:
            return []
        known = tuple(self._known(each, values) for each in self.parameters)
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # this thread's
        compiler.as_sql = lambda *_, **__: (self.sql, known)
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda *_, **__: compiler
        return list(queryset)

    @staticmethod
    def _known(parameter, values):
        """What stands there, in the type that the field has made of the stand-in."""
        if isinstance(parameter, _Many):
            return values[LARGEST - parameter[0]]
        is_stand_in = isinstance(parameter, int) and LARGEST - len(values) < parameter <= LARGEST
        return type(parameter)(values[LARGEST - parameter]) if is_stand_in else parameter


@ForeignKey.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`= ANY (array)`; the numbers are taken as they are."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        numbers = self.rhs if isinstance(self.rhs, _Many) else list(self.rhs)
        return f"{column} = ANY(%s)", (*parameters, numbers)


class _Many(tuple):
    """A number that stands for several."""


def _kind(given, values: list) -> Hashable:
    """All that a statement depends on; the numbers are added to `values`."""
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
    return User, len(given.group_ids), given.is_moderator, given.is_superuser


def _stand_in(kind: Hashable, numbers: Iterator[int]):
    if kind is int:
        return next(numbers)
    if kind is AnonymousUser:
        return AnonymousUser()
    if not isinstance(kind, tuple):
        return kind
    if kind[0] is tuple:
        return _Many([next(numbers)]) if kind[1] else ()
    _, groups, is_moderator, is_superuser = kind
    viewer = User(pk=next(numbers), is_superuser=is_superuser)
    viewer.group_ids, viewer.is_moderator = tuple(next(numbers) for _ in range(groups)), is_moderator
    return viewer
