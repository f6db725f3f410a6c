"""What other apps register with accounts: columns fetched with a user, and callbacks for changes of a member's access.

Imports only `config`.
"""
