"""Mails members what they have not read on the site: at once, once a day or once a week.

Imports `notifications`; start with `claiming`.
"""

# A mail is sent at least once. `claiming` writes the mail in the transaction that marks its notifications as mailed.
# `sending` deletes it in the transaction in which the mail server accepted it. After a crash between acceptance and
# commit the mail is sent again. It has the same Message-ID, so that mail programs can recognise it.
