"""The command line: python -m health. Exit 0 done, 1 refused with nothing changed, 2 wrong usage."""

from health.cli import say
from health.cli.parser import parser
from health.errors import HealthError


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        told = options.run(options)
    except HealthError as problem:
        say.refusal(problem)
        if options.json:
            say.json(say.as_object(problem))
        return 1
    code = int(told.pop("exit_code", 0))
    if options.json:
        say.json(told)
    return code
