"""Intervals and tests of shares: what every room takes that says how sure a number is."""
