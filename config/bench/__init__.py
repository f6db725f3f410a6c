"""How fast the site is: `manage.py bench` fills a forum of its own, asks it for pages, and says what it measured.

corpus                                how much there is
trees, prose, people, topics, fill    a forum made up, and written to the database
scenarios, changes                    what is asked of it, and what goes on meanwhile
site, nginx                           the processes that answer
client, answers                       the process that asks
rounds                                all that in turn, several times, and the medians
watching, watchers, audience          the processes that watch, as readers do
voting, live, raid                    a hot poll; a hot topic; a crowd that writes everywhere
sending                               requests at a given pace, on many connections
inside, processes, weight             queries; memory and processor time; scripts and styles
run, report                           from beginning to end, and the tables
"""
