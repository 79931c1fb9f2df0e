"""The messages of every provider as turns: who said what, and marks for what is not text."""
