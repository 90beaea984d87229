"""`iptvvtab schema`: what we believe the portal has, and what it really has."""
