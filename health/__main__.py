"""The command line: python -m health. What it does stands in health/cli."""

import sys

from health.cli import main

if __name__ == "__main__":
    sys.exit(main())
