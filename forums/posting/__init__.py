"""How members' texts come in: forms, filters, limits for new members, and publishing. Start with `publish`."""
