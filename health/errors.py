"""What can go wrong, in the reader's words: each message names the thing and the remedy, and holds no customer data but ids."""


class HealthError(Exception):
    """Something the reader can mend; nothing was changed."""


class Refused(HealthError):
    """A whole file or request was refused: its shape, not one of its rows, is wrong."""


class Ask(Refused):
    """The file can be read in more than one way, so the reader is asked, never guessed for.

    `setting` names what to settle (a field of Form, or `table.field dates`); `choices`: (its value, what the file then reads as).
    """

    def __init__(self, words: str, setting: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__(words)
        self.setting, self.choices = setting, choices


class Duplicate(Refused):
    """The same file was loaded before."""


class NotFound(HealthError):
    """No such load, customer or date; unknown and forbidden are told in the same words."""


class Forbidden(HealthError):
    """The viewer's role does not allow this."""


class TooLittle(HealthError):
    """Too little is on file to fit a model; the sentence says how much it takes."""


class Storage(HealthError):
    """The warehouse cannot be opened or written."""


class Held(Storage):
    """Another process has the warehouse open."""
