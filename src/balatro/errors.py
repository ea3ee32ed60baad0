"""Every error that a user can cause or mend. The command line prints each as one line and exits with 1."""


class BalatroError(Exception):
    """What came, what was expected, what to do: one line."""


class InputError(BalatroError):
    """A file, folder or picture that cannot be used."""


class BusyError(InputError):
    """A folder in which another program is working just now; a moment later it may be free."""


class DeckError(BalatroError):
    """A deck, or the game files it is made from."""


class ModelError(BalatroError):
    """A bundle: missing, damaged, or of another version."""


class LabelError(BalatroError):
    """A label that does not fit its picture, the catalogue, or what is to be learned."""


class UnknownCardError(BalatroError):
    """A card's name or id that the catalogue lacks; the message names the nearest."""


class SettingsError(BalatroError):
    """An option or settings file that does not fit."""


class MissingPartError(BalatroError):
    """An optional part of the program that is not installed; the message says how to install it."""


class TrainingError(BalatroError):
    """Training that cannot go on, such as a loss that is no number."""
