"""The questions: one file per experiment, named after it. Importing the file registers the experiment."""
