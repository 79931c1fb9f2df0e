"""Given categories: codebooks as files, the category of every conversation, and codebooks made of notes."""
