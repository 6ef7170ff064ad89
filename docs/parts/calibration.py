"""How what is promised holds: read from the files that studies in benchmarks/ write."""

from __future__ import annotations

import json
from pathlib import Path

from lynchpin.numbers import per_cent
from parts.text import as_table, prose

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
FILE = BENCHMARKS / "ledger_rates.json"

#: Generators by name, in words.
_SAID = {
    "wandering": "five worlds in which causes and outcomes wander by themselves",
    "bursts": "a second generator, written apart: bursts, seasons, seven states, two worlds; fewer records",
    "lingering": "the same where reactions linger for days and inertia takes part of the effect; nothing is promised",
}


def calibration_shown() -> str:
    """A table for each generator."""
    held = json.loads(FILE.read_text("utf-8"))
    parts = []
    for name, by_effect in held.items():
        heads = ("true ratio", "records", "mean estimate", "90 % interval covers", "in the worst world")
        heads += ("at most holds", "strong", "moderate or better", "slight or better")
        rows = [
            (
                f"{2.0 ** float(effect):.2f}",
                f"{found['n']:,}",
                f"{2.0 ** found['mean']:.2f}",
                *(
                    f"{100.0 * found[key]:.1f} %"
                    for key in ("coverage", "worst_coverage", "at_most_holds", "strong", "moderate", "slight")
                ),
            )
            for effect, found in by_effect.items()
        ]
        parts += [prose(f"{_SAID[name][0].upper()}{_SAID[name][1:]}:"), as_table(heads, rows)]
    return "\n\n".join(parts)


def band_shown() -> str:
    """How often the band of the index holds the truth, pair by pair, those that remember most first."""
    rows = json.loads((BENCHMARKS / "index_band.json").read_text("utf-8"))
    heads = ("pair", "case", "acts", "cooperative", "acts to a block", "acts remembered", "band holds", "its width")
    return as_table(
        heads,
        [
            (
                row["pair"],
                row["case"],
                f"{row['acts']:,}",
                per_cent(row["warm"]),
                f"{row['block']:.1f}",
                f"{row['remembered']:.1f}",
                per_cent(row["holds"], 1),
                f"{row['width']:.2f}",
            )
            for row in sorted(rows, key=lambda row: -row["remembered"])
        ],
    )


def turns_shown() -> str:
    """The turns that a reader would name and whether they are found, then how often one is told where there is none."""
    rows = json.loads((BENCHMARKS / "turns.json").read_text("utf-8"))
    known = [(row, one) for row in rows for one in row["known"]]
    found = sum(one["found"] is not None for _, one in known)
    told = sum(len(row["told"]) for row in rows)
    false = sum(row["false"] for row in rows) / len(rows)
    cells = [
        (
            row["pair"],
            row["case"],
            f"{one['day']}, {one['way']}",
            one["what"],
            "found" if one["found"] else "",
            _turns(row["told"]) if one is row["known"][0] else "",
        )
        for row, one in known
    ]
    named = {(row["case"], row["pair"]) for row, _ in known}
    beyond = "; ".join(
        f"{row['pair']} ({row['case']}): {_turns(row['told'])}"
        for row in rows
        if row["told"] and (row["case"], row["pair"]) not in named
    )
    often = sorted((row for row in rows if row["false"] > 0.1), key=lambda row: -row["false"])
    worst = ", ".join(f"{row['pair']} ({per_cent(row['false'])})" for row in often) or "none"
    said = (
        f"Of {len(known)} turns that a reader would name {found} are found; {told} are told in all. In the same acts "
        f"moved about in blocks, {rows[0]['records']} records of each of {len(rows)} pairs, a turn is told in "
        f"{per_cent(false, 1)} of them, and in more than a tenth of those of: {worst}."
    )
    heads = ("pair", "case", "a reader would name", "", "", "told")
    return "\n\n".join([prose(said), as_table(heads, cells), prose(f"Told of pairs without such a turn: {beyond}.")])


def _turns(told: list[dict[str, str]]) -> str:
    return ", ".join(f"{turn['date'][:7]} {turn['way']}" for turn in told)


def hand_and_feed_shown() -> str:
    """The chronology beside a feed on the same days: what each has, and how often acts are answered in each."""
    held = json.loads((BENCHMARKS / "hand_and_feed.json").read_text("utf-8"))
    overlap, answers = [], []
    for by_days in held.values():
        told = by_days["14"]
        span = f"{told['first']} to {told['last']}"
        for mine, theirs in zip(told["one_in_other"], told["other_in_one"], strict=True):
            shares = [f"{100 * one['found']:.0f} % ({100 * one['by_chance']:.0f})" for one in (mine, theirs)]
            overlap.append((span, mine["kind"], f"{mine['acts']:,} / {theirs['acts']:,}", *shares))
        for days, one in by_days.items():
            for mine, theirs in zip(one["one_answers"], one["other_answers"], strict=True):
                if mine["kind"] == "any":
                    continue
                times = one["times"][mine["kind"]]
                answers.append(
                    (
                        span,
                        f"{mine['kind']}, {days} days",
                        f"{mine['acts']:,} / {theirs['acts']:,}",
                        *(_ratio(part["ratio"], part["lower"], part["upper"]) for part in (mine, theirs)),
                        _ratio(*times) if times else "",
                    )
                )
    heads = ("days", "kind", "acts by hand / in the feed", "of the hand's, in the feed", "of the feed's, by hand")
    heads_answers = ("days", "answers", "one-sided acts, hand / feed", "by hand", "in the feed", "hand over feed")
    return f"{as_table(heads, overlap)}\n\n{as_table(heads_answers, answers)}"


def _ratio(value: float | None, lower: float | None, upper: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if lower is None else f"{value:.2f} ({lower:.2f} to {upper:.2f})"
