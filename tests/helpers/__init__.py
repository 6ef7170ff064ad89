"""What tests share: planted records, made-up results, a publisher of feeds, plain references, the reading of imports."""
