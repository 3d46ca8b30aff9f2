"""Spectral indices: ratios of bands that stand for a property of the surface."""
