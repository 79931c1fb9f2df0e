"""Ids, users and dates of a record: under which names they stand, and what their values say."""
