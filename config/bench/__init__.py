"""How fast the site is: `manage.py bench` fills a forum of its own, asks it for pages, and says what it measured.

corpus   how much there is          trees, prose, fill   the forum, made up and written
site     the processes under load   scenarios            what is asked of them
client   the process that asks      rounds               in turn, several times, medians
memory, queries, weight             what else a page costs
report   the tables, as Markdown
"""
