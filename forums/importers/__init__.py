"""Other forums' discussions, brought into this one: one file a format, and what all formats share.

discourse.py, stackexchange.py    read a format and describe what is in it (records.py)
naming.py                         what an imported member is called here
texts.py                          HTML and Markdown of strangers into ours
placing.py                        where each post belongs in its topic's tree
writing.py                        into the database, whole topics at a time
report.py                         what became of every record
running.py                        all of it, in order
"""
