"""The built-in input formats, one file each."""
