"""Runs the WebSockets of one process. daphne keeps the connections, and this package decides what they receive.

tab                     serves one page's connection
handshake               reads the session and the address of a new connection
hub                     keeps the tabs and streams of the process; start reading here
rights, doubts, desk    check which streams a tab may receive, in batches, and check again when rights change
stream, delivery        collect the messages of a stream and write them to its tabs in batches
message, direct         one message, and the direct way to the connections of daphne
expanders, news         look up once for all tabs what a message stands for
ladder                  sends less when batches are late
feed                    subscribes to Redis
pulse, states           exchange heartbeats between processes
presence, crowd         count readers; limit the tabs of a member
figures                 exports metrics

Everything runs on one event loop, except database queries and Redis commands, which run in threads.
"""
