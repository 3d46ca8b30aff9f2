"""What an atmosphere does to light, as smooth functions fitted to 6S."""
