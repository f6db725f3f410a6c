"""Other apps register here the columns to load with a member, and callbacks for changes of a member's access.

Imports only `config`.
"""
