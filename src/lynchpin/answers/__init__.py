"""What a fit and a record answer: evidence, agreements, simulation, scenarios, forecasts, predictions, relations."""
