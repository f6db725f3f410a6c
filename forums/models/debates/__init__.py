"""Debates and the sides that members take. Imports `discussion` and `notifications`; start with `debate`."""
