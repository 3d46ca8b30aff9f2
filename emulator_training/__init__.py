"""Where the learned operators come from: trusted simulators, and the networks fitted to them.

Nothing is trained yet. What is trained here reaches `physops` through the entry-point group
``physops.operators``, and imports nothing of `anyband_models`.
"""
