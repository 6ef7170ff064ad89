"""The way through: from a case and a record to a fit, and from a fit to what is asked."""
