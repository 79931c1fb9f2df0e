"""What in a short text points to a person: names, small organisations, addresses, identifiers."""

from clioscope.recognisers.open import ready_recognisers, recogniser_for
from clioscope.recognisers.recogniser import Found, Kind, Recogniser, recognisers

__all__ = ["Found", "Kind", "Recogniser", "ready_recognisers", "recogniser_for", "recognisers"]
