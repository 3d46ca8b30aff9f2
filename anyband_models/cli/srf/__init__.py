"""The command `srf`: the spectral responses of sensors, and scenes resampled to them."""
