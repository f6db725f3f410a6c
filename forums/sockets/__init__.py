"""The sockets of one process: daphne keeps the connections, this package what they hear.

tab                     one page's socket: what it may say, what it is told
handshake               who it is that connects
desk, rights, doubts    who may hear what, asked for many tabs at once, and again when that changes
stream, delivery        news of a batch, encoded once and written straight to every tab
message, direct         one message; the direct way to daphne's connections
news                    what is told of topics and of lists
ladder                  less for each when there are too many
hub, feed               all streams of the process, and the connection to Redis that feeds them
pulse, states           the heartbeat, by which processes know of each other
presence, crowd         who reads and writes; who has how many tabs
figures                 the same for operators

Everything runs on one event loop; only what queries leaves it, for a thread.
"""
