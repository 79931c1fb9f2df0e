"""What a language model and an encoder get to see of a conversation: cut to a budget, without shared text."""
