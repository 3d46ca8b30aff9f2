"""Distributions of spectra, and what they say of missing bands given the observed ones."""
