"""Ratios of our times to a named baseline's, both run in turn in one process."""
