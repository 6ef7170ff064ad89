"""What the theory says: its language, the structural tables its roles are read from, and cases."""
