"""Pictures of results as SVG text, made on the server: the rounds of a run-off.

Readable without colour: every option has a letter and a pattern of its own, drawn in the text's colour, and
the numbers stand in the picture. forums/drawing.py has the pieces.
"""

from forums.drawing import letter
from polls.pictures.rounds import rounds

__all__ = ["letter", "rounds"]
