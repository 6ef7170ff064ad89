"""Mathematics that knows no case: statistics of streams, likelihoods, relational event models."""
