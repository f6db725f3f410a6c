"""Voting: permissions, receipts, storing a ballot and closing a poll. Imports `counting`; start with `voting`."""
