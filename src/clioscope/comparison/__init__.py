"""The contents of two atlases, or of two periods of one, side by side: groups, facets, and what is new."""
