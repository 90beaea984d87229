"""Settings with their origin: flag, environment, project file, user file, default."""

from iptvvtab.config.settings import HIDDEN, SETTINGS, Setting, Settings, Source, TableSettings

__all__ = ["HIDDEN", "SETTINGS", "Setting", "Settings", "Source", "TableSettings"]
