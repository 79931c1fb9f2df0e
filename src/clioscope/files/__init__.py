"""Files and folders that Clioscope writes: whole or not at all, and marked as its own."""
