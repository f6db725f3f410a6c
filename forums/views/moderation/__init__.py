"""Pages and actions of moderators, reports, appeals and the public log."""
