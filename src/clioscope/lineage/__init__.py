"""What became of the groups of an earlier atlas: which are the same, and how shares changed."""
