"""Measures how fast the site is: fills a forum of its own, sends requests to it, and prints tables.

Run it with `python -m tests.load`; the README in this folder has the results and the options. It may import every app;
no app may import it. Start reading in `run`.
"""
