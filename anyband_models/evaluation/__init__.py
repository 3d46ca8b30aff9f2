"""How good a repair is: removed entries are repaired, and scored against the truth.

A score counts the entries that it is asked to count, and no others: what has no true value is
never looked at. What cannot be scored has no score, rather than a zero.
"""
