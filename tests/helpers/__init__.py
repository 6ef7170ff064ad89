"""What tests lean on that is no test itself."""
