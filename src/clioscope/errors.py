"""What can go wrong, said in one sentence: what is wrong, where, and what to do."""


class ClioscopeError(Exception):
    """Base of every error that Clioscope raises on purpose; its text is meant for the user."""


class InputError(ClioscopeError):
    """The input file is missing, empty, of an unknown format or wholly unreadable."""


class SettingsError(ClioscopeError):
    """A setting is unknown, out of range or contradicts another."""


class ModelError(ClioscopeError):
    """A model cannot be found, fetched, verified, started or reached."""


class AtlasError(ClioscopeError):
    """A folder is not an atlas, is of another version, or lacks what was asked of it."""


class PluginWarning(UserWarning):
    """A part of another package cannot be loaded and is left out; one sentence, meant for the user."""
