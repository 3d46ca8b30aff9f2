"""The true codes that surrogates are fitted to: a canopy's, and an atmosphere's."""
