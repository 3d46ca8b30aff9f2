"""The command `physops`: the operators of the library of that name, and images of its indices."""
