"""The lookup `tags__tagged=name`: whether a column of names contains a name."""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Lookup

from forums.models.community.tag import name_of


@ArrayField.register_lookup
class Tagged(Lookup):
    """`@> '{"name"}'`, with the name in the statement instead of a parameter.

    So Postgres plans each tag by how many topics have it. One plan for all would read all topics for a rare tag.
    """

    lookup_name = "tagged"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        if name_of(self.rhs) != self.rhs or not self.rhs:
            raise ValueError(f"{self.rhs!r} is not the name of a tag")
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @> '{{\"{self.rhs}\"}}'::varchar[]", parameters
