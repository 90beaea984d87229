"""`iptvvtab sync`: tables of the portal into the shadow file."""
