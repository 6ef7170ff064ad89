"""A made-up world of many states, for workloads of size: a record, and a fit whose coefficients are set by hand."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from lynchpin.account.cases import Known, read_case
from lynchpin.model import Fit
from lynchpin.model.design import build_design, expand
from lynchpin.model.design.steps import lay_steps
from lynchpin.record.ontology.countries import find

CLASSES = ("security_cooperation", "other_cooperation", "grievance", "verbal_conflict", "material_conflict")
_NAMES = [
    "USA",
    "CHN",
    "RUS",
    "JPN",
    "KOR",
    "PRK",
    "IND",
    "PAK",
    "AUS",
    "NZL",
    "IDN",
    "MYS",
    "SGP",
    "THA",
    "VNM",
    "PHL",
    "MMR",
    "BGD",
    "LKA",
    "NPL",
    "MNG",
    "KAZ",
    "UZB",
    "IRN",
    "IRQ",
    "ISR",
    "TUR",
    "SYR",
    "LBN",
    "JOR",
    "SAU",
    "ARE",
    "QAT",
    "KWT",
    "OMN",
    "YEM",
    "EGY",
    "LBY",
    "TUN",
    "DZA",
    "MAR",
    "ETH",
    "KEN",
    "NGA",
    "ZAF",
    "GBR",
    "FRA",
    "DEU",
    "ITA",
    "ESP",
]


def world(states: int, days: int, folder: Path) -> Fit:
    """So many states, five classes, a step a day, about four hundred acts a day, controls but no mechanisms."""
    names = _NAMES[:states]
    assert all(find(name, system="iso3") for name in names) and len(set(names)) == states
    nodes = "\n".join(f'{name} = "{name}"' for name in names)
    classes = "\n".join(
        f'[[class]]\nname = "{name}"\ntypes = ["{kind}"]' for name, kind in zip(CLASSES, _TYPES, strict=True)
    )
    controls = "\n".join(f'[[control]]\nstatistic = "{s}"\nhalf_life = "{h}"' for s, h in _CONTROLS)
    top = '[case]\nname = "world"\ntitle = "World"\nstart = 2012-01-01\nstep = "day"'
    text = f"{top}\n[nodes]\n{nodes}\n{classes}\n{controls}\n"
    (folder / "case.toml").write_text(text, encoding="utf-8")
    case = read_case(folder / "case.toml")
    rng, n = np.random.default_rng(1), 400 * days
    popular = rng.dirichlet(np.full(states, 0.5), 2)
    source, target = (rng.choice(states, n, p=share) for share in popular)
    keep = source != target
    events = pl.DataFrame(
        {
            "event_id": [str(k) for k in range(n)],
            "date": [date(2012, 1, 1) + timedelta(int(d)) for d in np.sort(rng.integers(0, days, n))],
            "source": [[names[i]] for i in source],
            "target": [[names[j]] for j in target],
            "source_sector": [""] * n,
            "target_sector": [""] * n,
            "contexts": [[] for _ in range(n)],
            "magnitude": rng.choice([-5.0, 3.0], n),
            "event_class": rng.choice(CLASSES, n, p=[0.1, 0.5, 0.05, 0.25, 0.1]),
        },
        schema_overrides={"contexts": pl.List(pl.String)},
    ).filter(pl.Series(keep))
    origin = date(2012, 1, 1) + timedelta(days)
    design = build_design(case, expand(events, case), lay_steps(case.start, origin, 1))
    estimate = np.array([0.6 if c.name.startswith("inertia(30d)") else 0.0 for c in design.columns])
    for k, column in enumerate(design.columns[: len(CLASSES)]):  # as many acts a day as in the record
        units = [u for u in design.units if u.event_class == column.name]
        rate = sum(float(np.exp(design.offset[column.name] + u.X @ estimate[u.columns]).sum()) for u in units)
        estimate[k] = np.log(sum(int(u.y.sum()) for u in units) / rate)
    record: dict[str, Any] = dict.fromkeys((f.name for f in fields(Fit)), None)
    theta = dict.fromkeys(CLASSES, 0.8)
    return Fit(
        **record | {"design": design, "estimate": estimate, "theta": theta, "known": Known(case, events, None, origin)}
    )


_TYPES = ("COOPERATE", "CONSULT", "PROTEST", "ACCUSE", "ASSAULT")
_CONTROLS = (("inertia", "30d"), ("inertia", "1y"), ("reciprocity", "30d"), ("outdegreeSender", "30d"))
