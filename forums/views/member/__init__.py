"""Pages and actions that concern only the member who uses them."""
