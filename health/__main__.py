"""The command line: python -m health. What it does stands in health/cli."""

import os
import sys

from health.cli import main


def _main() -> int:
    """As `main`; a reader that takes no more of the output (`| head`) ends it in silence."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(_main())
