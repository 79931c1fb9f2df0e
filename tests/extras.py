"""What a test needs beside the package itself."""

from importlib.util import find_spec

import pytest


def needs(package, extra):
    """A mark: skip the test where ``package`` is not installed. Nothing is imported to find out."""
    return pytest.mark.skipif(find_spec(package) is None, reason=f"the extra [{extra}] is not installed")
