"""Charts of results as SVG text: the rounds of a run-off.

They are readable without colour: each option has a letter and a pattern in the colour of the text, and the chart
contains the numbers. forums/drawing.py draws the parts.
"""
