"""Removing every trace of a user or of a conversation from an atlas, and proving that none is left."""
