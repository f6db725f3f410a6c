"""Forms for sign-up, sign-in, profile, preferences and deletion."""
