"""Pages and actions of debates."""
