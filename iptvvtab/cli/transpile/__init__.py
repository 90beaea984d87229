"""`iptvvtab transpile`: SQL in, a JSONSQL document out."""
