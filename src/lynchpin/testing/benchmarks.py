"""Small temporal-knowledge-graph benchmarks: the same folder for the same seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

#: States and kinds that names are made of.
_STATES = ("Japan", "South Korea", "China", "Kenya")
_KINDS = ("Police", "Citizen")


def write_benchmark(folder: Path, *, days: int = 30, facts_a_day: int = 12, seed: int = 1) -> Path:
    """Write train.txt, valid.txt, test.txt and the two lists of names.

    Parameters
    ----------
    folder : Path, made where it is missing
    days : int, >= 10; train has all but the last six of them, valid and test three each
    facts_a_day : int, drawn so that what happened tends to happen again
    seed : int
    """
    rng = np.random.default_rng(seed)
    actors = [*_STATES, *(f"{kind}_({state.replace(' ', '_')})" for kind in _KINDS for state in _STATES)]
    relations = ["Consult", "Criticize_or_denounce", "Make_a_visit"]
    favoured = rng.integers(len(actors), size=(len(actors), len(relations)))
    rows: list[set[tuple[int, int, int]]] = []
    for _ in range(days):
        today: set[tuple[int, int, int]] = set()
        while len(today) < facts_a_day:
            s, r = int(rng.integers(len(actors))), int(rng.integers(len(relations)))
            o = int(favoured[s, r]) if rng.random() < 0.7 else int(rng.integers(len(actors)))
            if o != s:
                today.add((s, r, o))
        rows.append(today)
    folder.mkdir(parents=True, exist_ok=True)
    for split, (a, b) in {"train": (0, days - 6), "valid": (days - 6, days - 3), "test": (days - 3, days)}.items():
        lines = [f"{s}\t{r}\t{o}\t{24 * day}\t-1" for day in range(a, b) for s, r, o in sorted(rows[day])]
        (folder / f"{split}.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    for name, listed in (("entity2id", actors), ("relation2id", relations)):
        text = "".join(f"{each}\t{k}\n" for k, each in enumerate(listed))
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
