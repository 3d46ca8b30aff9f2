"""`python -m anyband_models.cli`, for torchrun."""

from anyband_models.cli import main

main()
