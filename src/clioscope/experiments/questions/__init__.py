"""The questions, one file each; a file is named after its experiment and registers it when it is imported."""
