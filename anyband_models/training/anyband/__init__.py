"""How the weights of `anyband` are made: examples, then a fit."""
