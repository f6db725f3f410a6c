"""What every reader produces and the writer consumes: records, their fields, the report of losses.

Imports only `markup`.
"""
