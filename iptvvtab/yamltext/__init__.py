"""YAML that people write: read with the line of every value, and edited without losing what they wrote."""

from iptvvtab.yamltext.edit import REMOVED, NotEditable, dump, edit, rewrite
from iptvvtab.yamltext.read import Document, Malformed, Path, parse

__all__ = ["REMOVED", "Document", "Malformed", "NotEditable", "Path", "dump", "edit", "parse", "rewrite"]
