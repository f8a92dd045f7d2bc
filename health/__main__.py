"""Entry point of the command line, `python -m health`; the commands are in health/cli."""

import os
import sys

from health.cli import main


def _main() -> int:
    """Run `main`; a closed output pipe (`| head`) ends it silently."""
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(_main())
