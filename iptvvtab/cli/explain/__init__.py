"""`iptvvtab explain`: what a statement will ask of the portal, and why not more."""
