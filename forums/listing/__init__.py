"""Lists of topics, their rows, categories, search and paging. Imports `models`; start with `topic_lists`."""
