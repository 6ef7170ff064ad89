"""Writes the parts of the documentation that come from code or from a run, and the pictures.

    python docs/generate.py            write every part and picture (`make docs`)
    python docs/generate.py --origins  the slow part too: forecasts from nine origins, one or two minutes
    python docs/generate.py --check    change nothing; leave with 1 and name what is stale

A page says where a part goes:

    <!-- begin NAME: written by docs/generate.py -->
    ...
    <!-- end NAME -->

What stands between the two lines is written here and nowhere else; all else is written by hand. Parts that come from a
run rest on the embedded case as of AS_OF. A picture carries a hash of its figures, so that a check draws nothing.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from io import StringIO
from pathlib import Path
from textwrap import fill
from typing import Any

import polars as pl
import typer
from rich.console import Console

import lynchpin
from lynchpin.cli import app
from lynchpin.errors import BadMechanism
from lynchpin.ontology import _tables, cameo, contexts, plover, quad, scales, sectors
from lynchpin.plots import lateral_gap, ledger, relation_index
from lynchpin.plots.names import pair_name
from lynchpin.results import Brief
from lynchpin.sources import sources
from lynchpin.statistics import catalogue
from lynchpin.store import rules
from lynchpin.store.folding import folds
from lynchpin.store.rules import DUPLICATES
from lynchpin.tables import claims_table
from lynchpin.theory import OPERATORS, Place, Vocabulary, check, parse, tree

DOCS = Path(__file__).parent
ROOT = DOCS.parent
SRC = Path(lynchpin.__file__).parent

CASE, AS_OF = "northeast-asia", "2012-07-09"
ORIGINS = [f"{year}-07-01" for year in range(2008, 2026, 2)]
WIDTH = 110  # of a terminal, in the outputs that are shown
PICTURE_WIDTH = 760

_PART = re.compile(
    r"(?P<begin><!-- begin (?P<name>[a-z-]+): written by docs/generate\.py -->\n)"
    r"(?P<text>.*?)(?P<end><!-- end (?P=name) -->)",
    re.DOTALL,
)

Part = Callable[[], str]


# --- the run --------------------------------------------------------------------------------------


@cache
def run() -> Brief:
    """The embedded case as it stood on AS_OF, with what happened next."""
    return lynchpin.make_brief(CASE, as_of=AS_OF, reveal=True)


def ledger_lines() -> list[str]:
    """What `lynchpin claims` prints."""
    shown = StringIO()
    Console(file=shown, width=WIDTH, highlight=False).print(claims_table(run().claims))
    return [line.rstrip() for line in shown.getvalue().splitlines()]


def ledger_shown() -> str:
    """The command and its output, the rows of the first six claims."""
    lines = ledger_lines()
    cut = next(k for k, line in enumerate(lines) if line.startswith("C7"))
    text = "\n".join(lines[:cut])
    return _fence(
        f"$ lynchpin claims --as-of {AS_OF}\n{text}\n[... {len(lines) - cut} more lines: C7 to C12, and the rule]"
    )


def reading_shown() -> str:
    """The same for the tutorial: two claims, and how to read one."""
    lines = ledger_lines()
    first = next(k for k, line in enumerate(lines) if line.startswith("C2"))
    last = next(k for k, line in enumerate(lines) if k > first and line.startswith("C4"))
    rows = "\n".join(lines[first:last])
    push = next(claim for claim in run().claims if claim.mechanism == "patron_push")
    said = (
        f"Read `patron_push`: when the cause doubles, acts of security cooperation between Japan and South Korea are "
        f"multiplied by {push.rate_ratio:.2f}, and the 90 % interval is {push.rate_ratio_lower:.2f} to "
        f"{push.rate_ratio_upper:.2f}. The cause stands on {push.n_cause_events} events and the outcome on "
        f"{push.n_target_events}, so look at the interval before you look at the verdict."
    )
    shown = f"```console\n$ lynchpin claims {CASE} --as-of {AS_OF}\n...\n{rows}\n...\n```"
    return f"{shown}\n\n{_prose(said)}"


def verdicts() -> str:
    """The ledger counted."""
    count: dict[str, list[str]] = {}
    for claim in run().claims:
        count.setdefault(claim.verdict, []).append(claim.mechanism or claim.id)
    made_from = run().provenance
    tested = [f"{len(names)} {verdict} ({', '.join(names)})" for verdict, names in count.items()]
    return _prose(
        f"The run used {made_from.events_used} events, {made_from.first_event_date} to {made_from.last_event_date}. "
        f"Of {len(run().claims)} rows: {'; '.join(tested)}."
    )


def scores_shown() -> str:
    """How the forecast of that day did, in a table and a sentence."""
    found = run().forecast
    assert found.scores is not None and found.observed is not None and found.totals is not None
    table = found.scores.pivot(on="metric", index="model", values="value")
    rows = [(m, f"{c:.4f}", f"{s:.4f}", f"{v:.1%}") for m, c, s, v in table.iter_rows()]
    expected = found.totals.filter(pl.col("model") == found.model)["mean"].sum()
    happened = found.observed["count"].sum()
    ours, rivals = table.filter(pl.col("model") == found.model), table.filter(pl.col("model") != found.model)
    said = [_against(ours, rivals, "crps", "CRPS"), _against(ours, rivals, "log_score", "log score")]
    return "\n\n".join(
        [
            _table(("model", "CRPS", "log score", "inside the 90 % interval"), rows),
            _prose(
                f"Counts of {found.scores['n'][0]} dyads, classes and months; smaller scores are better. "
                f"{' '.join(said)} The outlook expected {expected:.0f} acts in all (a joint act counts once for each "
                f"ordered pair), and {happened} were recorded."
            ),
        ]
    )


def _against(ours: pl.DataFrame, rivals: pl.DataFrame, metric: str, spoken: str) -> str:
    best = rivals.sort(metric).row(0, named=True)
    mine = ours[metric].item()
    word = "better" if mine < best[metric] else "worse"
    share = abs(mine / best[metric] - 1.0)
    return f"Our {spoken} is {share:.0%} {word} than that of the best baseline ({best['model']})."


def origins_shown() -> str:
    """The same from nine origins; slow, so only when asked for."""
    rows, better, hot = [], {"crps": 0, "log_score": 0}, 0
    for day in ORIGINS:
        found = lynchpin.make_brief(CASE, as_of=day, reveal=True).forecast
        assert found.scores is not None and found.observed is not None and found.totals is not None
        table = found.scores.pivot(on="metric", index="model", values="value")
        ours, rivals = table.filter(pl.col("model") == found.model), table.filter(pl.col("model") != found.model)
        cells: list[str] = [day]
        for metric in better:
            best = rivals.sort(metric).row(0, named=True)
            better[metric] += ours[metric].item() < best[metric]
            cells += [f"{ours[metric].item():.4f}", f"{best[metric]:.4f} ({best['model']})"]
        expected = found.totals.filter(pl.col("model") == found.model)["mean"].sum()
        happened = int(found.observed["count"].sum())
        hot += expected > happened
        rows.append((*cells, f"{ours['coverage_90'].item():.1%}", f"{expected:.0f}", str(happened)))
    heads = ("origin", "our CRPS", "best baseline", "our log score", "best baseline", "in 90 %", "expected", "recorded")
    said = (
        f"Of {len(rows)} origins, ours beats the best baseline of the day on CRPS at {better['crps']} and on the log "
        f"score at {better['log_score']}; it expected more acts than were recorded at {hot}. The best of five "
        "baselines is picked afterwards, which nobody could do on the day."
    )
    return f"{_table(heads, rows)}\n\n{_prose(said)}"


# --- pictures -------------------------------------------------------------------------------------


def pictures() -> dict[str, tuple[pl.DataFrame, Callable[[], object]]]:
    """File -> its figures and how it is drawn."""
    brief = run()
    start, end = brief.provenance.first_event_date, brief.provenance.origin
    pair = brief.index.gap_pair
    claims = ledger.data(brief.claims)
    index = relation_index.line(brief.index.series, pair)
    turns = relation_index.turns(brief.index.change_points, pair, start=start, end=end)
    gap = lateral_gap.line(brief.index.gap)
    name = pair_name(pair, brief.actors)
    levels = max((level + 1 for level in turns["level"]), default=0)
    return {
        "claims.svg": (claims, lambda: ledger.draw(claims)),
        "relation-index.svg": (
            index,
            lambda: relation_index.draw(index, turns, name, start=start, end=end, levels=levels),
        ),
        "lateral-gap.svg": (gap, lambda: lateral_gap.draw(gap, start=start, end=end)),
    }


def figures_hash(figures: pl.DataFrame) -> str:
    """Of the figures to three significant digits: what a reader of the picture could tell apart."""
    rounded = figures.with_columns(
        pl.col(name).round_sig_figs(3) for name, kind in figures.schema.items() if kind.is_float()
    )
    return hashlib.sha256(rounded.write_csv().encode()).hexdigest()[:16]


def draw(file: Path, figures: pl.DataFrame, chart: object) -> None:
    """Write a picture as SVG on white, with the hash of its figures on its last line."""
    import vl_convert

    spec = chart.properties(width=PICTURE_WIDTH, background="white").to_dict(validate=False)  # type: ignore[attr-defined]
    svg = vl_convert.vegalite_to_svg(spec)
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{svg}\n<!-- figures {figures_hash(figures)} -->\n", encoding="utf-8")


# --- parts from the code --------------------------------------------------------------------------


def commands_shown() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    commands = list(_leaves(root))
    out = [
        f"{len(commands)} commands. Before the command: "
        + "; ".join(f"`{'`, `'.join(p.opts)}` ({_lower(p.help)})" for p in root.params)  # type: ignore[attr-defined]
        + "; `-h`, `--help`."
    ]
    for name, command in commands:
        usage = " ".join(
            ["lynchpin", name, "[OPTIONS]", *(_argument(p) for p in command.params if p.param_type_name == "argument")]
        )
        rows = [
            (f"`{_argument(p) if p.param_type_name == 'argument' else _option(p)}`", _default(p), p.help or "")
            for p in command.params
        ]
        out += [f"## {name}", command.help, _fence(usage), _table(("", "default", ""), rows)]
    return "\n\n".join(out)


def _leaves(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its words, those of groups included."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def _argument(p: object) -> str:
    name = (p.metavar or p.name).upper()  # type: ignore[attr-defined]
    name = f"{name}..." if p.nargs == -1 else name  # type: ignore[attr-defined]
    return name if p.required else f"[{name}]"  # type: ignore[attr-defined]


def _option(p: object) -> str:
    flags = ", ".join([*p.opts, *p.secondary_opts])  # type: ignore[attr-defined]
    return flags if p.is_flag else f"{flags} {p.metavar or p.name.upper()}"  # type: ignore[attr-defined]


def _default(p: object) -> str:
    if p.required:  # type: ignore[attr-defined]
        return "needed"
    given = p.default  # type: ignore[attr-defined]
    return "" if given in (None, False) or given == [] else f"`{given}`"


def statistics_shown() -> str:
    heads = ("name", "what it is", "half-life when none is given", "source")
    rows = [
        (f"`{s.name}`", s.summary, f"{s.defaults['half_life_days']:g} days", s.source) for s in catalogue().values()
    ]
    return _table(heads, rows)


def operators_shown() -> str:
    heads = ("symbol", "meaning", "binds", "example")
    rows = [(f"`{o.symbol}`", o.meaning, str(o.strength), f"`{o.example}`") for o in OPERATORS]
    return _table(heads, rows)


def grammar_shown() -> str:
    return _fence(_block(tree.__doc__))


def meaning_shown() -> str:
    """The rules of meaning, as the checker's own docstring gives them."""
    text = import_module("lynchpin.theory.check").__doc__ or ""
    return text.partition("What a mechanism means:\n\n")[2].strip().replace("``", "`")


#: Texts that do not read, one for each kind of complaint worth seeing.
BAD = (
    "patron -> a : talks",
    "patron a : talks => a -> b : talks",
    "patron -> a => a -> b : talks",
    "(patron -> a : talks => a -> b : talks",
    "patrn -> a : talks => a -> b : talks",
    "patron -> a : talk => a -> b : talks",
    "patron -> a : talks[histroy] => a -> b : talks",
    "patron -> a : talks => a -> a : talks",
    "patron -> a : talks => a -> b : talks[history]",
    "patron -> a.LEG : talks => a -> b : talks",
    "push => a -> b : talks",
    "patron → a : talks => a -> b : talks",
)


def errors_shown() -> str:
    """What is said of each bad text."""
    names = Vocabulary(
        nodes=("USA", "JPN", "KOR", "KOR.OPP"),
        roles={"patron": ("USA",), "ally": ("JPN", "KOR")},
        variables={"a": "ally", "b": "ally"},
        classes=("talks", "quarrels"),
        groups={},
        contexts=frozenset({"history", "trade"}),
        mechanisms=("push",),
    )
    out = []
    for text in BAD:
        try:
            place = Place("case.toml", 41, 9)
            check(parse(text, mechanism="push", place=place), names, mechanism="push", place=place)
        except BadMechanism as error:
            out.append(_fence(f'says = "{text}"\n\n{error}'))
        else:
            raise AssertionError(f"{text!r} reads after all: choose another example")
    return "\n\n".join(out)


def types_shown() -> str:
    rows = [
        (f"`{t.name}`", f"{t.quad} {quad.NAMES[t.quad]}", f"{t.score:+g}", t.meaning, _modes(t.modes))
        for t in plover.types().values()
    ]
    return _table(("type", "quad class", "score", "meaning", "modes (with their own score)"), rows)


def _modes(modes: dict[str, float | None]) -> str:
    return ", ".join(name if score is None else f"{name} ({score:+g})" for name, score in modes.items())


def contexts_shown() -> str:
    theirs = contexts.contexts("plover").values()
    rows = [
        (f"`{c.name}`", c.meaning, ", ".join(f"`{p.name}`" for p in theirs if p.ours == c.name))
        for c in contexts.contexts("lynchpin").values()
    ]
    left = ", ".join(f"`{p.name}`" for p in theirs if not p.ours)
    said = f"PLOVER's contexts that no tag of ours comes close to: {left}."
    return f"{_table(('context', 'meaning', 'closest PLOVER contexts'), rows)}\n\n{said}"


def sectors_shown() -> str:
    ours = sectors.sectors("lynchpin").values()
    rows = [
        (
            f"`{s.code}`",
            s.meaning,
            *(
                ", ".join(t.code for t in sectors.sectors(scheme).values() if t.ours == s.code)
                for scheme in ("cameo", "plover")
            ),
        )
        for s in ours
    ]
    ranks = f"ICEWS gives phrases; the one of lowest rank decides:\n\n{_fence(_block(sectors.__doc__))}"
    return f"{_table(('sector', 'meaning', 'CAMEO', 'PLOVER'), rows)}\n\n{ranks}"


def scales_shown() -> str:
    heads = ("scale", "rates", "what it is", "source")
    return _table(heads, [(f"`{s.name}`", s.rates, s.summary, s.source) for s in scales.scales().values()])


def quads_shown() -> str:
    roots = [code for code in cameo.codes().values() if len(code.code) == 2]
    named = [m for m in quad.MAPPINGS if m != "plover"]
    rows = [
        (code.code, code.label, *(str(quad.quad_class(mapping, code=code.code)) for mapping in named)) for code in roots
    ]
    said = "; ".join(f"{number} {name}" for number, name in quad.NAMES.items())
    return f"{_table(('root', 'CAMEO 1.1', *named), rows)}\n\n{said}. `plover` goes by the type: see the first table."


def tables_shown() -> str:
    rows = []
    for file in sorted((SRC / "ontology" / "tables").glob("*.csv")):
        found = _tables.rows(file.stem)
        rows.append((f"`{file.name}`", str(len(found)), ", ".join(f"`{name}`" for name in found[0])))
    return _table(("table", "rows", "columns"), rows)


def rules_shown() -> str:
    spoken = {
        "all": "every row",
        "events": "every event",
        "hand": "rows coded by hand",
        "coded": "rows coded by machine",
        "mentions": "mentions",
    }
    broken = _table(
        ("rule", "asked of", "what a row that breaks it did"),
        [(f"`{r.name}`", spoken[r.rows], r.says) for r in rules()],
    )
    doubled = _table(("reason", "what it says"), [(f"`{name}`", says) for name, says in DUPLICATES.items()])
    return f"{broken}\n\nDuplicates are not refused; they are counted apart:\n\n{doubled}"


def folds_shown() -> str:
    return _table(("fold", "which reports become one"), [(f"`{one.name}`", one.says) for one in folds().values()])


def sources_shown() -> str:
    out = []
    for s in sources().values():
        rows = [
            ("rows", "hand-coded" if s.hand_coded else "coded by machine"),
            ("scale of the magnitude", f"`{s.scale}`"),
            ("columns", ", ".join(f"`{column}`" for column in s.columns)),
            ("cite", s.citation),
            ("licence", s.licence),
        ]
        out.append(f"## {s.name}\n\n{s.summary[:1].upper()}{s.summary[1:]}.\n\n{_table(('', ''), rows)}")
    return "\n\n".join(out)


def rooms_shown() -> str:
    """Each room's first line, and what its docstring says it may import."""
    rows = []
    for file in [*sorted(SRC.glob("*.py")), *sorted(SRC.glob("*/__init__.py"))]:
        name = file.parent.name + "/" if file.name == "__init__.py" else file.name
        if file == SRC / "__init__.py":
            continue
        said = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split())
        first = re.split(r"(?<=[.])\s|$", said, maxsplit=1)[0]
        may = re.search(r"May import: (.*?)\.(?:\s|$)", said)
        rows.append((f"`{name}`", first, may.group(1) if may else ""))
    return _table(("room", "what it is for", "may import"), rows)


PARTS: dict[str, Part] = {
    "ledger": ledger_shown,
    "reading": reading_shown,
    "verdicts": verdicts,
    "scores": scores_shown,
    "commands": commands_shown,
    "statistics": statistics_shown,
    "operators": operators_shown,
    "grammar": grammar_shown,
    "meaning": meaning_shown,
    "errors": errors_shown,
    "types": types_shown,
    "contexts": contexts_shown,
    "sectors": sectors_shown,
    "scales": scales_shown,
    "quads": quads_shown,
    "tables": tables_shown,
    "rules": rules_shown,
    "folds": folds_shown,
    "sources": sources_shown,
    "rooms": rooms_shown,
}
SLOW: dict[str, Part] = {"origins": origins_shown}


# --- text -----------------------------------------------------------------------------------------


def _prose(text: str) -> str:
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _fence(text: str) -> str:
    return f"```text\n{text}\n```"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(heads)
    lines = [names, ["---"] * len(names), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |".replace("  |", " |") for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _block(docstring: str | None) -> str:
    """The first indented block of a docstring, without its indent."""
    lines = (docstring or "").splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("    "))
    last = next((k for k in range(first, len(lines)) if lines[k] and not lines[k].startswith("    ")), len(lines))
    return "\n".join(line[4:] for line in lines[first:last]).strip()


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


# --- writing and checking -------------------------------------------------------------------------


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


def stale() -> list[str]:
    """Pages and pictures that differ from what would be written now."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if written(text, PARTS) != text:
            found.append(str(page.relative_to(ROOT)))
    for name, (figures, _) in pictures().items():
        file = DOCS / "pictures" / name
        if not file.is_file() or f"<!-- figures {figures_hash(figures)} -->" not in file.read_text(encoding="utf-8"):
            found.append(str(file.relative_to(ROOT)))
    return found


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        found = stale()
        print("\n".join(f"stale: {name}" for name in found) or "every page is as it would be written now")
        return 1 if found else 0
    parts = PARTS | (SLOW if "--origins" in arguments else {})
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = written(text, parts)
        if new != text:
            page.write_text(new, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")
    for name, (figures, chart) in pictures().items():
        draw(DOCS / "pictures" / name, figures, chart())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
