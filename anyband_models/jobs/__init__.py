"""A command's whole work, from files to files: what a script would call instead of the command."""
