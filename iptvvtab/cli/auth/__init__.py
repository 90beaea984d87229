"""`iptvvtab auth`: the session with the portal."""
