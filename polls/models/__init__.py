"""The nouns of voting, one a file."""

from polls.models.ballot import Ballot
from polls.models.entry import Entry
from polls.models.option import Option
from polls.models.poll import Poll
from polls.models.secret_ballot import SecretBallot
from polls.models.voter import Voter

__all__ = ["Ballot", "Entry", "Option", "Poll", "SecretBallot", "Voter"]
