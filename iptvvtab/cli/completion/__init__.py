"""`iptvvtab completion`: TAB in bash, zsh and fish."""
