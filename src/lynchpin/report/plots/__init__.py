"""Pictures of results: one file per picture, figure data first, drawing second.

Each module has data functions, which turn a result into a small tidy frame (tested on numbers), and ``draw``, which
turns such frames into an altair chart. Charts take the width of their container, carry a text alternative in
``description``, count days in UTC, and never ask the network for anything.
"""
