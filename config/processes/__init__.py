"""Start, supervise and stop the processes of a site.

May import the other packages of `config`; start with `supervisor`.
"""
