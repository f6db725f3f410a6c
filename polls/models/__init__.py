"""The models of polls, one per file. Imports `tally` and the models of `forums`; start with `poll`."""

from polls.models.ballot import Ballot
from polls.models.elector import Elector
from polls.models.entry import Entry
from polls.models.option import Option
from polls.models.poll import Poll
from polls.models.secret_ballot import SecretBallot
from polls.models.voter import Voter

__all__ = ["Ballot", "Elector", "Entry", "Option", "Poll", "SecretBallot", "Voter"]
