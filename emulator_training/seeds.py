"""Which numbers serve as seeds."""

# The largest that every generator of random numbers takes; the least is zero.
LARGEST_SEED = 2**63 - 1
