"""The building of an atlas: its stages, their run, and what a build needs around them."""
