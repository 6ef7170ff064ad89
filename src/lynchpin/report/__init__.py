"""What is seen: pictures, pages, tables and JSON, made from results alone."""
