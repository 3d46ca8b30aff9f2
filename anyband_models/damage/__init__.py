"""What is wrong with a scene, or is made wrong on purpose.

Detection says which entries of a real scene cannot be trusted; protocols remove entries from a
sound one, so that a repair can be judged.
"""
