"""The product's errors: each message names the problem and the remedy, and holds no customer data but ids."""

from typing import ClassVar


class HealthError(Exception):
    """A problem the user can fix; nothing was changed.

    `code` names the kind of problem in JSON output and in reports; scripts rely on it, so it stays when a class is renamed.
    """

    code: ClassVar[str] = "HealthError"


class InvalidInput(HealthError):
    """A whole file or request is invalid, not just one of its rows."""

    code = "Refused"


class AmbiguousFile(InvalidInput):
    """The file can be read in more than one way, so the user is asked.

    `setting` names what to settle (a field of Form, or `table.field dates`); `choices`: (its value, what the file then reads as).
    """

    code = "Ask"

    def __init__(self, words: str, setting: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(words)
        self.setting, self.choices = setting, choices


class Duplicate(InvalidInput):
    """The same file was loaded before."""

    code = "Duplicate"


class NotFound(HealthError):
    """No such load, customer or date; unknown and forbidden ones get the same message."""

    code = "NotFound"


class Forbidden(HealthError):
    """The viewer's role does not allow this."""

    code = "Forbidden"


class InsufficientData(HealthError):
    """Too few data to fit a model; the message says how many are needed."""

    code = "TooLittle"


class Storage(HealthError):
    """The warehouse cannot be opened or written."""

    code = "Storage"


class Locked(Storage):
    """Another process has the warehouse open."""

    code = "Held"
