"""`iptvvtab query`: statements in, rows out."""
