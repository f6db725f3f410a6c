"""Forms for sign-up, sign-in, profile, preferences and deletion. Imports `identity`, `models` and `sign_in`."""
