"""Diffusion: noise, denoisers, guidance, samplers. Images are ``(batch, band, row, col)``.

Noise is added to the image as it is, ``x = x0 + sigma n``; what a network of the
variance-preserving kind sees is ``x / sqrt(1 + sigma^2)``, which is the paper's ``X_t``.
"""
