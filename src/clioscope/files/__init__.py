"""Files and folders that Clioscope writes: complete or not at all, and marked as its own."""
