"""The product's errors: each message names the problem and the remedy, and holds no customer data but ids."""


class HealthError(Exception):
    """A problem the user can fix; nothing was changed."""


class Refused(HealthError):
    """A whole file or request is invalid, not just one of its rows."""


class Ask(Refused):
    """The file can be read in more than one way, so the user is asked.

    `setting` names what to settle (a field of Form, or `table.field dates`); `choices`: (its value, what the file then reads as).
    """

    def __init__(self, words: str, setting: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(words)
        self.setting, self.choices = setting, choices


class Duplicate(Refused):
    """The same file was loaded before."""


class NotFound(HealthError):
    """No such load, customer or date; unknown and forbidden ones get the same message."""


class Forbidden(HealthError):
    """The viewer's role does not allow this."""


class TooLittle(HealthError):
    """Too few data to fit a model; the message says how many are needed."""


class Storage(HealthError):
    """The warehouse cannot be opened or written."""


class Held(Storage):
    """Another process has the warehouse open."""
