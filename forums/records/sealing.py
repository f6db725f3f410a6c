"""Collects the texts of a record. Its content gets their hashes instead, so that they can be removed later."""

from forums.models import RecordText

ROWS = 200
"""Texts that are written at once."""
GONE = "deleted member"


class Sealing:
    """The texts of the record with this id, which its transaction has not written yet."""

    def __init__(self, record_id: int) -> None:
        self.record_id = record_id
        self._waiting: list[RecordText] = []
        self._names: dict[int, dict] = {}

    def text(self, text: str | None, **about) -> dict | None:
        """Keep the text, and return the hash that stands for it in the content; None if it is empty.

        `comment` and `member` say whose it is. The same text gives another hash each time.
        """
        if not text:
            return None
        row = RecordText.of(self.record_id, text, **about)
        self._waiting.append(row)
        if len(self._waiting) >= ROWS:
            self.flush()
        return {"sha256": row.hash}

    def name(self, member) -> dict | None:
        """Keep a member's name, and return its hash, the same in the whole record. None without a member."""
        if member is None:
            return None
        if member.pk not in self._names:
            own = {} if member.is_deleted else {"member": member}
            self._names[member.pk] = self.text(GONE if member.is_deleted else member.username, **own)
        return self._names[member.pk]

    def flush(self) -> None:
        """Write the texts that wait. One statement."""
        RecordText.objects.bulk_create(self._waiting)
        self._waiting = []
