"""How the zoo's networks learn."""
