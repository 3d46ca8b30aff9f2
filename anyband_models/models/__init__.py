"""What fills a missing band.

Every model, from a line to a network, answers the same call: an `Observation` in, a
`Reconstruction` out. What was observed comes back bit for bit.
"""
