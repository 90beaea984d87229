"""`iptvvtab demo`: a look around without an account, and a portal to try things on."""
