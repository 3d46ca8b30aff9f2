"""What networks are trained on beside scenes: measured materials, and scenes simulated of them."""
