"""One module per page or action, grouped by who uses it. `finding` loads what the viewer may see."""
