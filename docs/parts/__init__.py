"""What the documentation takes from the code and from runs: text, parts from runs, parts from the code, pictures."""
