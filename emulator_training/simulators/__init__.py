"""What surrogates are trained on: models of how a canopy reflects."""
