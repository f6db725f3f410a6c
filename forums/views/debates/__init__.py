"""Pages and actions of debates: the forms of hosts, the buttons of the panel, lists and summaries.

Start with `debates`.
"""
