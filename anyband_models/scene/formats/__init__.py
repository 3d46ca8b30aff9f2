"""File formats: one file each; the format is told by a file's first bytes, never by its name."""
