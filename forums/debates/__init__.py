"""Debates as pages show them; their verbs and figures are with the models (`forums.models.debate`)."""
