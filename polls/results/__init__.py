"""What a viewer sees of a poll: panel, results, live updates and charts. Imports `ballots`; start with `panel`."""
