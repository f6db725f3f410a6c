"""Pages of outcomes: the list of all, each with its versions, and the form. Start with `editing`."""
