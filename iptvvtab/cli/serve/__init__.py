"""`iptvvtab serve`: Datasette over the shadow file."""
