"""Likelihoods of rows and counts, as plain functions of arrays, and what finds their top.

A likelihood knows no case and no stream: `rows` lays out who is compared with whom, the files named after a likelihood
add it up, `climb` finds its maximum, `effects`, `levels` and `pooled` add random effects.
"""
