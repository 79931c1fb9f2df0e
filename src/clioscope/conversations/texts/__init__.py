"""What is shown of a text: cut to a budget, neutral, without what many texts share."""
