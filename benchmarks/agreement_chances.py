"""Are the chances of agreements as good as they say? Every embedded case, every 1 July, each agreement left out.

    python benchmarks/agreement_chances.py

Issues the chance of success a year on for each agreement that had not ended, from a fit to all others as they were
known that day (those of the other cases too, where a case's own had made few moves, as `lynchpin agreements` does), and
writes them into agreement_chances.csv with what came. docs/explanation/agreements.md is made from that file, and a slow
test holds it to a run and to what is promised of it. Some twenty minutes on one core.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from lynchpin.account.cases import Case, builtin_cases, case_events, read_case
from lynchpin.answers.agreements import read_agreements
from lynchpin.answers.agreements.backtest import leave_one_out
from lynchpin.answers.agreements.lending import ENOUGH_MOVES, Lent, is_one
from lynchpin.results import AgreementLife

FILE = Path(__file__).with_name("agreement_chances.csv")
YEARS = range(2005, 2025)


def embedded() -> list[tuple[Case, Lent]]:
    """The cases that come with the package, with the whole history of their agreements and their whole record."""
    found = []
    for name in builtin_cases():
        case = read_case(name)
        if case.agreements_file is None or case.stages_file is None:
            continue
        lives = read_agreements(case.agreements_file, case.stages_file, before=None, among=None)
        found.append((case, Lent(name, lives, case_events(case), case.states, case.roles.get("adversary", ()))))
    return sorted(found, key=lambda one: -len(one[1].lives))


def issued(years: range | list[int] = YEARS, only: str | None = None) -> pl.DataFrame:
    """A row for each moment: case, agreement, origin, standing, chance, base_rate, succeeded.

    With `only`, of that case alone. An agreement that stands in two files has one name, so that its moments are redrawn
    and left out together.
    """
    cases = embedded()
    names = dict(_names(cases))
    parts = []
    for case, own in cases:
        if only not in (None, case.name):
            continue
        others = [lent for other, lent in cases if other.name != case.name]
        last = max(act.date for life in own.lives for act in life.history)
        rows = leave_one_out(
            own.lives,
            own.events,
            states=own.states,
            adversaries=own.adversaries,
            origins=[day for year in years if (day := date(year, 7, 1)) + timedelta(days=364) <= last],
            seed=case.seed,
            lent=others,
            enough=ENOUGH_MOVES,
            on_progress=lambda done, of, case=case: print(case.name, done, "of", of, flush=True),  # type: ignore[misc]
        )
        if rows.is_empty():
            continue
        base = rows.filter(pl.col("model") == "base rate").select("agreement", "origin", base_rate="success")
        parts.append(
            rows.filter(pl.col("model") == "model")
            .join(base, on=["agreement", "origin"])
            .select(
                case=pl.lit(case.name),
                agreement=pl.col("agreement").replace_strict(
                    {life.id: names[case.name, life.id] for life in own.lives}
                ),
                origin="origin",
                standing="standing",
                chance=pl.col("success").round(4),
                base_rate=pl.col("base_rate").round(4),
                succeeded="succeeded",
            )
        )
    return pl.concat(parts).sort("case", "agreement", "origin")


def _names(cases: list[tuple[Case, Lent]]) -> Iterator[tuple[tuple[str, str], str]]:
    seen: list[tuple[str, AgreementLife]] = []
    for case, own in cases:
        for life in own.lives:
            name = next((name for name, other in seen if is_one(life, other)), f"{case.name}:{life.id}")
            seen.append((name, life))
            yield (case.name, life.id), name


if __name__ == "__main__":
    issued().write_csv(FILE)
