"""Categories, topics, comments, votes and revisions, with the verbs that change them. Start with `topic`."""
