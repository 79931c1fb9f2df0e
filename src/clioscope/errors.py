"""What can go wrong, said in one sentence: what is wrong, where, and what to do."""


class ClioscopeError(Exception):
    """Base of every error that Clioscope raises on purpose; its text is meant for the user.

    >>> import clioscope
    >>> try:
    ...     clioscope.open("nowhere/")
    ... except clioscope.ClioscopeError as error:
    ...     print(error)  # doctest: +ELLIPSIS
    nowhere...: not an atlas.
    """


class InputError(ClioscopeError):
    """The input file is missing, empty, of an unknown format or wholly unreadable."""


class SettingsError(ClioscopeError):
    """A setting is unknown, out of range or contradicts another."""


class ModelError(ClioscopeError):
    """A model cannot be found, fetched, verified, started or reached."""


class AtlasError(ClioscopeError):
    """A folder is not an atlas, is of another version, or lacks what was asked of it."""


class QuestionsWaiting(ClioscopeError):
    """A build in batches stopped before it would ask: its questions wait to be written into a file. Nothing is wrong.

    The text says how far each stage came; ``again`` whether some of the questions failed in a batch before.
    """

    def __init__(self, text: str, *, again: bool = False) -> None:
        super().__init__(text)
        self.again = again


class PluginWarning(UserWarning):
    """A part of another package cannot be loaded and is left out; one sentence, meant for the user."""
