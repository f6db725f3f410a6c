"""The sockets of one process: daphne keeps the connections, this package what they hear.

tab                     one page's socket: what it may say, what it is told
desk, rights            who may hear what, asked for many tabs at once
stream, delivery        news of a batch, encoded once and written straight to every tab
news                    what is told of topics and of lists
ladder                  less for each when there are too many
hub, feed               all streams of the process, and the connection to Redis that feeds them
pulse, presence, crowd  what processes know of each other: readers, lag, tabs a member
figures                 the same for operators

Everything runs on one event loop; only what queries leaves it, for a thread.
"""
