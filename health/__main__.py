"""The command line: python -m health. What it does stands in health/cli."""

import sys

from health.cli import main
from health.cli.parser import parser as _parser

__all__ = ["_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
