"""`iptvvtab config`: the settings in force and the files they come from."""
