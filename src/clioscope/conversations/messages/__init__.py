"""Messages of every provider as turns: whose text it is, and what is no text."""
