"""How each network is fitted to simulations."""
