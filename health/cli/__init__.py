"""Command line: python -m health. Exit code 0 done, 1 refused with nothing changed, 2 wrong usage, 130 interrupted by keyboard."""

from health import currency
from health.cli import output
from health.cli.parser import parser
from health.errors import HealthError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options, unknown = parser().parse_known_args(arguments)
    if unknown and not any(word.startswith("-") for word in unknown) and isinstance(getattr(options, "what", None), list):
        options.what, unknown = [*options.what, *unknown], []  # an option stood between the table and its file
    if unknown:
        output.exit_with_usage(f"{' '.join(unknown)}: not recognised; put options after the command")
    try:
        output.check_folder(getattr(options, "out", None))
        with currency.using(currency.DEFAULT):  # until the command opens a book, whose currency then holds to its end
            result = options.run(options)
    except HealthError as problem:
        output.print_refusal(problem)
        if options.json:
            output.print_json(output.error_object(problem))
        return 1
    except (KeyboardInterrupt, RuntimeError) as problem:
        if not _is_interrupt(problem):
            raise
        output.print_message("Stopped. Unfinished work was rolled back.")
        return 130
    code = int(result.pop("exit_code", 0))
    if options.json:
        output.print_json(result)
    return code


def _is_interrupt(error: BaseException) -> bool:
    """Whether the keyboard interrupted the command; the database engine reports that with its own message."""
    return isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted"
