"""Our dialect of Markdown: rules for markdown-it. Imports nothing of ours; start with `parser`."""
