"""Writes the parts of the documentation that come from code or from a run, and the pictures.

    python docs/generate.py            write every part and picture (`make docs`)
    python docs/generate.py --origins     the slow part too: a backtest of the embedded record, a few minutes
    python docs/generate.py --agreements  the other slow part: agreements left out of their fit; some minutes
    python docs/generate.py --cases       the cases side by side; some minutes, and a coded feed where it is at hand
    python docs/generate.py --feed        by hand, where the validation data is: what a coded feed says of the account
    python docs/generate.py --triads      by hand too: one theory on every triad, with the tables of others imported
    python docs/generate.py --sensitivity  and a third: one mechanism under every choice; a minute
    python docs/generate.py --check    change nothing; leave with 1 and name what is stale

A page says where a part goes:

    <!-- begin NAME: written by docs/generate.py -->
    ...
    <!-- end NAME -->

What stands between the two lines is written here and nowhere else; all else is written by hand. Parts that come from a
run rest on the embedded case as of AS_OF. A picture carries a hash of its figures, so that a check draws nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
sys.path.insert(0, str(DOCS))
for library in ("OPENBLAS", "OMP"):  # as the command line does: our matrices are small
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

from parts import (  # noqa: E402
    account,
    agreements,
    assumptions,
    calibration,
    cases,
    code,
    dependencies,
    faults,
    limits,
    notebook,
    peers,
    runs,
    sensitivity,
    structure,
    triads,
    whatif,
)
from parts.pictures import draw, figures_hash, pictures  # noqa: E402

_PART = re.compile(
    r"(?P<begin><!-- begin (?P<name>[a-z-]+): written by docs/generate\.py -->\n)"
    r"(?P<text>.*?)(?P<end><!-- end (?P=name) -->)",
    re.DOTALL,
)

Part = Callable[[], str]

PARTS: dict[str, Part] = {
    "start": runs.start_shown,
    "ledger": runs.ledger_shown,
    "reading": runs.reading_shown,
    "account": account.account_shown,
    "weighty": account.weighty_shown,
    "verdicts": runs.verdicts,
    "calibration": calibration.calibration_shown,
    "assumed": assumptions.diagram_shown,
    "index-band": calibration.band_shown,
    "turns": calibration.turns_shown,
    "hand-and-feed": calibration.hand_and_feed_shown,
    "scores": runs.scores_shown,
    "stages": agreements.stages_shown,
    "five-days": agreements.five_days_shown,
    "setbacks": agreements.setbacks_shown,
    "commands": code.commands_shown,
    "faults": faults.faults_shown,
    "public-names": code.names_shown,
    "statistics": code.statistics_shown,
    "peers": peers.peers_shown,
    "peer-words": peers.peer_words_shown,
    "operators": code.operators_shown,
    "grammar": code.grammar_shown,
    "outcomes": code.outcomes_shown,
    "meaning": code.meaning_shown,
    "errors": code.errors_shown,
    "types": code.types_shown,
    "contexts": code.contexts_shown,
    "sectors": code.sectors_shown,
    "scales": code.scales_shown,
    "quads": code.quads_shown,
    "tables": code.tables_shown,
    "rules": code.rules_shown,
    "folds": code.folds_shown,
    "sources": code.sources_shown,
    "rooms": code.rooms_shown,
    "conditions": structure.conditions_shown,
    "rule-grammar": structure.rule_grammar_shown,
    "rule-errors": structure.rule_errors_shown,
    "structural-tables": structure.structural_tables_shown,
    "structural-kinds": structure.kinds_shown,
    "packages": dependencies.packages_shown,
    "scripts": dependencies.scripts_shown,
    "limits-of-numbers": limits.numbers_shown,
    "limits-of-files": limits.counts_shown,
    "whatif": whatif.whatif_shown,
    "scenarios": whatif.scenarios_shown,
}
#: Pictures that are drawn line by line, and stand on no run.
DIAGRAMS: dict[str, Part] = {"assumed.svg": assumptions.diagram}

#: What is written only when it is asked for, by its flag.
SLOW_BY: dict[str, dict[str, Part]] = {
    "--origins": {"origins": runs.origins_shown},
    "--agreements": {"agreement-skill": agreements.skill_shown},
    "--feed": {"feed": account.feed_shown},
    "--cases": {
        "case-records": cases.records_shown,
        "case-accounts": cases.accounts_shown,
        "case-travels": cases.travels_shown,
        "case-triads": cases.triads_shown,
    },
    "--triads": {"triad-counts": triads.counts_shown, "triad-means": triads.pooled_shown},
    "--sensitivity": {
        "curve": sensitivity.curve_shown,
        "curve-today": sensitivity.curve_today_shown,
        "periods": sensitivity.periods_shown,
        "dyads": sensitivity.dyads_shown,
        "conditions-of": sensitivity.conditions_shown,
    },
}
SLOW: dict[str, Part] = {name: part for parts in SLOW_BY.values() for name, part in parts.items()}


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def written(text: str, parts: dict[str, Part]) -> str:
    """A page with its parts put in; a part that is not among them stays as it is."""

    def put(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in PARTS | SLOW:
            raise SystemExit(f"no part is called {name!r}; one of: {', '.join(PARTS | SLOW)}")
        return f"{found['begin']}{parts[name]()}\n{found['end']}" if name in parts else found[0]

    return _PART.sub(put, text)


def notebooks() -> dict[Path, str]:
    """Notebook -> what it holds: the page beside it of the same name."""
    page = DOCS / "tutorial" / "ten-minutes.md"
    return {page.with_suffix(".ipynb"): notebook.notebook(page.read_text(encoding="utf-8"))}


def stale() -> list[str]:
    """Pages and pictures that differ from what would be written now."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if written(text, PARTS) != text:
            found.append(str(page.relative_to(ROOT)))
    for file, text in notebooks().items():
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            found.append(str(file.relative_to(ROOT)))
    for name, (figures, _) in pictures().items():
        file = DOCS / "pictures" / name
        if not file.is_file() or f"<!-- figures {figures_hash(figures)} -->" not in file.read_text(encoding="utf-8"):
            found.append(str(file.relative_to(ROOT)))
    for name, diagram in DIAGRAMS.items():
        file = DOCS / "pictures" / name
        if not file.is_file() or file.read_text(encoding="utf-8") != diagram():
            found.append(str(file.relative_to(ROOT)))
    return found


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        found = stale()
        print("\n".join(f"stale: {name}" for name in found) or "every page is as it would be written now")
        return 1 if found else 0
    asked = [parts for flag, parts in SLOW_BY.items() if flag in arguments]
    parts = PARTS | {name: part for some in asked for name, part in some.items()}
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = written(text, parts)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")
    for file, text in notebooks().items():
        file.write_text(text, encoding="utf-8")
    for name, diagram in DIAGRAMS.items():
        (DOCS / "pictures" / name).write_text(diagram(), encoding="utf-8")
    slow = agreements.slow_pictures() if "--agreements" in arguments else {}
    slow |= sensitivity.slow_pictures() if "--sensitivity" in arguments else {}
    for name, (figures, chart) in (pictures() | slow).items():
        draw(DOCS / "pictures" / name, figures, chart())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
