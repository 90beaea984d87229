"""Settings with their origin: flag, environment, profile, project file, user file, default."""

from iptvvtab.config.files import project_file, user_file
from iptvvtab.config.load import Profile, load, profiles
from iptvvtab.config.settings import HIDDEN, SETTINGS, Setting, Settings, Source, TableSettings

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
    "user_file",
]
