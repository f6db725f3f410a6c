"""A member's page, active days, data export and deletion. Other apps register their parts here."""
