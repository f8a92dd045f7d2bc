"""The command line: python -m health. Exit 0 done, 1 refused with nothing changed, 2 wrong usage, 130 stopped by the keyboard."""

from health.cli import output
from health.cli.parser import parser
from health.errors import HealthError


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options, unknown = parser().parse_known_args(arguments)
    if unknown and not any(word.startswith("-") for word in unknown) and isinstance(getattr(options, "what", None), list):
        options.what, unknown = [*options.what, *unknown], []  # an option stood between the table and its file
    if unknown:
        output.usage(f"{' '.join(unknown)}: not understood here; options stand after the command")
    try:
        output.room_for(getattr(options, "out", None))
        told = options.run(options)
    except HealthError as problem:
        output.refusal(problem)
        if options.json:
            output.json(output.as_object(problem))
        return 1
    except (KeyboardInterrupt, RuntimeError) as problem:
        if not _stopped(problem):
            raise
        output.words("Stopped; what was under way left nothing behind.")
        return 130
    code = int(told.pop("exit_code", 0))
    if options.json:
        output.json(told)
    return code


def _stopped(problem: BaseException) -> bool:
    """Whether the keyboard stopped it; the engine has its own words for that."""
    return isinstance(problem, KeyboardInterrupt) or str(problem) == "Query interrupted"
