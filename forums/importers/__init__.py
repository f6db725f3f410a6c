"""Imports discussions from other forums. Start reading in `running.py`, which does all steps in order.

discourse.py, stackexchange.py    read a format and yield records.py
naming.py                         chooses the names of imported members
texts.py                          turns foreign HTML and Markdown into ours
placing.py                        finds the place of each post in its topic's tree
writing.py                        writes whole topics into the database
report.py                         counts what happened to every record
"""
