"""Datasette over a shadow file, in a process of its own, whose only SQLite is Python's.

`python -m iptvvtab.datasette_plugin` serves what its stdin tells of (`__main__`), to this machine only (local) unless
told otherwise. The file is opened read-only (shadow); pages say how fresh rows are (freshness, pages) by templates
that extend Datasette's own. Nothing here may import APSW: two SQLites in one process must not open one file.
"""
