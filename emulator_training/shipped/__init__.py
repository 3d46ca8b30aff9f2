"""Operators that `physops` finds by entry point: a module, its data and its card each."""
