"""Why something that a member sent is not stored."""

from enum import Enum, auto

from config.web.durations import in_words


class Refusal(Enum):
    """The kinds of refusals. Views choose the status code by them (`forums.views.refusing`)."""

    SIGNED_OUT = auto()
    NOT_ALLOWED = auto()
    BLOCKED_WORDS = auto()
    """The site's filters do not accept the text."""
    OVER_LIMIT = auto()
    """A limit for new members is reached."""
    TOO_FAST = auto()
    """A rate limit or slow mode asks the member to wait."""
    CLOSED = auto()
    """The topic, the branch or the debate has stopped accepting this since the member's page was made."""
    GONE = auto()
    """The content that it refers to has been deleted, hidden or moved since the member's page was made."""
    RESENT_DIFFERENTLY = auto()
    """The form's token has already stored another text."""
    CONFLICT = auto()
    """Any other change since the member's page was made."""


class Refused(Exception):
    """Nothing has been stored or changed. Its text is a sentence for the member. Drafts stay.

    `wait` is the number of seconds after which the same form may be sent again; None if waiting does not help.
    """

    def __init__(self, kind: Refusal, sentence: str, wait: int | None = None) -> None:
        super().__init__(f"{sentence} Please send this again {in_words(wait)}." if wait else sentence)
        self.kind, self.wait = kind, wait
