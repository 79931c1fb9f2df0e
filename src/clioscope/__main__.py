"""``python -m clioscope`` is ``clioscope``."""

from clioscope.cli import main

if __name__ == "__main__":
    main()
