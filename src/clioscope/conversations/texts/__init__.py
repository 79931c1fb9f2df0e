"""What is shown of a text: neutral, without what many texts share, and cut to a budget of tokens."""
