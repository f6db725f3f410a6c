"""Template filters of the discussion."""
