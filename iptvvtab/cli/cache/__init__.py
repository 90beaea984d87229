"""`iptvvtab cache`: what the shadow file holds."""
