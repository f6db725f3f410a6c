"""Commands for operators, and the error that they print as one sentence."""
