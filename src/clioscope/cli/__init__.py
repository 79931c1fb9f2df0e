"""The command line."""


def main() -> None:
    """Placeholder entry until the commands are registered."""
