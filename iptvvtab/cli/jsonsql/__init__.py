"""`iptvvtab jsonsql`: documents asked, checked, written from parts."""
