"""Every model of the zoo on every scene of a folder: one table and one picture."""
