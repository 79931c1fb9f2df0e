"""A release with a guarantee: differential privacy, with the person as the unit (docs/guarantee.md).

Every figure of the release comes from a mechanism of OpenDP, or is computed from such figures alone.
"""

from clioscope.privacy.guarantee.wanted import Guarantee

__all__ = ["Guarantee"]
