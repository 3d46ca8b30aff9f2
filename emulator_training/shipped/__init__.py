"""The operators that `physops` finds by entry point, each beside its weights and their card."""
