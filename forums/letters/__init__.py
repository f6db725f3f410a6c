"""Mail for members: what they have not read on the site, at once, once a day or once a week.

    when.py            when a notification is to be mailed, decided when it is made
    claiming.py        what is due becomes one letter for each member
    writing.py         a letter's words, for those who may still read what it tells
    sending.py         to the mail server
    unsubscribing.py   out of it, with one click

A mail goes out at least once: `claiming` writes the letter in the transaction that marks its notifications as mailed,
and `sending` deletes it in the one in which the mail server took it. A crash between the server's yes and that commit
sends it again, under the same Message-ID, so that mail programs can tell; nothing that was due is lost.
"""
