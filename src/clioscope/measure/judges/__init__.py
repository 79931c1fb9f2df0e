"""Language models as judges, and how far to trust them."""
