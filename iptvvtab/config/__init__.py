"""Settings with their origin: flag, environment, profile, project file, user file, default."""

from iptvvtab.config.files import project_file, user_file
from iptvvtab.config.load import Profile, load, profiles
from iptvvtab.config.reference import reference
from iptvvtab.config.settings import HIDDEN, SETTINGS, Setting, Settings, Source, TableSettings
from iptvvtab.config.write import set_value

__all__ = [
    "HIDDEN",
    "SETTINGS",
    "Profile",
    "Setting",
    "Settings",
    "Source",
    "TableSettings",
    "load",
    "profiles",
    "project_file",
    "reference",
    "set_value",
    "user_file",
]
