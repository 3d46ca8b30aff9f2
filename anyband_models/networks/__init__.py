"""Networks of the diffusion models."""
