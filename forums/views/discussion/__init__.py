"""Pages and actions of everybody who reads and writes."""
