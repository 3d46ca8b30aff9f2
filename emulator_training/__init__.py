"""Where the learned operators come from: trusted simulators, and what was fitted to them.

What is fitted here reaches `physops` through the entry-point group ``physops.operators``, and
imports nothing of `anyband_models`.
"""
