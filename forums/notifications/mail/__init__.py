"""Mails members what they have not read on the site: at once, once a day or once a week.

when.py            decides when a notification is mailed
claiming.py        turns notifications that are due into one letter for each member
writing.py         writes a letter's text, from what its member may still read
sending.py         sends letters to the mail server
unsubscribing.py   handles the unsubscribe links

A mail is sent at least once. `claiming` writes the letter in the transaction that marks its notifications as mailed.
`sending` deletes it in the transaction in which the mail server accepted it. After a crash between acceptance and
commit the mail is sent again. It has the same Message-ID, so that mail programs can recognise it.
"""
