"""What can go wrong, in the reader's words: each message names the thing and the remedy, and holds no customer data but ids."""


class HealthError(Exception):
    """Something the reader can mend; nothing was changed."""


class Refused(HealthError):
    """A whole file or request was refused: its shape, not one of its rows, is wrong."""


class Duplicate(Refused):
    """The same file was loaded before."""


class NotFound(HealthError):
    """No such load, customer or date; unknown and forbidden are told in the same words."""


class Forbidden(HealthError):
    """The viewer's role does not allow this."""


class Storage(HealthError):
    """The warehouse cannot be opened or written."""
