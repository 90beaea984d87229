"""YAML that people write: read with the line of every value, and edited without losing what they wrote."""

from iptvvtab.yamltext.edit import NotEditable, edit
from iptvvtab.yamltext.read import Document, Malformed, Path, parse

__all__ = ["Document", "Malformed", "NotEditable", "Path", "edit", "parse"]
