"""Clioscope in a notebook: what a cell shows, the page inside it, and builds that tell how far they are."""
