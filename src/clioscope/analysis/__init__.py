"""Questions to a finished atlas: what explains a change, which traffic no test covers, what is surprising."""
