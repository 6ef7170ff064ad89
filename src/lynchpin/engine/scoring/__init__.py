"""Forecasts of counts as probabilities, exact, and the scores that say how near they were."""
