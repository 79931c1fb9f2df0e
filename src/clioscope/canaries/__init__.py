"""Canaries: unique strings planted in copies of conversations, to prove that none reaches what is published."""
