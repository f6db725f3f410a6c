"""Pictures of results as SVG text, made on the server: the rounds of a run-off.

Readable without colour: every option has a letter and a pattern of its own, drawn in the text's colour, and
the numbers stand in the picture. Nothing here needs a style attribute, a script or another file, so the
strictest content security policy lets it pass. `key` is a word that is unique on the page (such as
"poll-7"); patterns and titles are named by it.
"""

from polls.pictures.drawing import letter
from polls.pictures.rounds import rounds

__all__ = ["letter", "rounds"]
