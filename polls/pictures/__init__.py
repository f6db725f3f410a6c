"""Charts of results as SVG text: the rounds of a run-off.

They are readable without colour: each option has a letter and a pattern in the colour of the text, and the chart
contains the numbers. config/web/svg_chart.py draws the parts.
"""
