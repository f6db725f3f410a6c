"""Sends HTTP requests: as fast as responses come (`closed_loop`) or at a constant rate (`constant_rate`).

Imports `data` for members' addresses. `closed_loop` imports no Django, because it runs as a process of its own. Start
reading in `scenario`.
"""
