"""The state that all batches of one import share."""

from dataclasses import dataclass, field

from accounts.models import User
from forums.importers.pictures.bringing import Pictures
from forums.importers.records.report import Report
from forums.importers.texts.links import Links
from forums.importers.writing.categories import Categories
from forums.importers.writing.old_addresses import OldAddresses


@dataclass
class Context:
    members: dict[str, User]
    """By source. Without keys in a rehearsal."""
    report: Report
    categories: Categories
    links: Links
    old_addresses: OldAddresses
    pictures: Pictures
    pks: dict[str, int] = field(default_factory=dict)
    """The keys of comments by source, those of comments to come included."""
    repairs: bool = False
    is_rehearsal: bool = False
