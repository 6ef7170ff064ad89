"""Parts that come from the code: commands, statistics, the language, the tables, rules, sources and rooms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

import lynchpin
from lynchpin.account.theory import OPERATORS, OUTCOMES, Place, Vocabulary, check, parse, tree
from lynchpin.cli import app
from lynchpin.engine.statistics import catalogue, of_ties
from lynchpin.errors import BadMechanism
from lynchpin.record.ontology import _tables, cameo, contexts, plover, quad, scales, sectors
from lynchpin.record.sources import sources
from lynchpin.record.store import rules
from lynchpin.record.store.folding import folds
from lynchpin.record.store.rules import DUPLICATES
from parts.text import as_table, block, fence, lower

SRC = Path(lynchpin.__file__).parent


def commands_shown() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    commands = list(_leaves(root))
    out = [
        f"{len(commands)} commands. Before the command: "
        + "; ".join(f"`{'`, `'.join(p.opts)}` ({lower(p.help)})" for p in root.params)  # type: ignore[attr-defined]
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
        out += [f"## {name}", command.help, fence(usage), as_table(("", "default", ""), rows)]
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


def names_shown() -> str:
    """What `import lynchpin` offers, with the first line of each docstring."""
    rows = []
    for name in sorted(lynchpin.__all__, key=str.lower):
        if name != "__version__":
            found = getattr(lynchpin, name)
            says = " ".join((found.__doc__ or "").split("\n\n")[0].split())
            rows.append((f"`{name}`", "class" if isinstance(found, type) else "function", says))
    return as_table(("name", "", "what it is"), rows)


def statistics_shown() -> str:
    heads = ("name", "what it is", "can decay", "`unique`", "source")
    ties = of_ties()
    rows = [
        (
            f"`{s.name}`",
            s.summary,
            "yes" if s.scales else "no",
            ties[s.name].summary if s.name in ties else "",
            s.source,
        )
        for s in catalogue().values()
    ]
    return as_table(heads, rows)


def operators_shown() -> str:
    heads = ("symbol", "meaning", "binds", "example")
    rows = [(f"`{o.symbol}`", o.meaning, str(o.strength), f"`{o.example}`") for o in OPERATORS]
    return as_table(heads, rows)


def grammar_shown() -> str:
    return fence(block(tree.__doc__))


def outcomes_shown() -> str:
    """The moves of agreements that a right side can name."""
    rows = [(f"`{name}`", ", ".join(f"`{move}`" for move in moves)) for name, moves in OUTCOMES.items()]
    return as_table(("stage", "moves of an agreement that it takes in"), rows)


def meaning_shown() -> str:
    """The rules of meaning, as the checker's own docstring gives them."""
    text = import_module("lynchpin.account.theory.check").__doc__ or ""
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
            out.append(fence(f'says = "{text}"\n\n{error}'))
        else:
            raise AssertionError(f"{text!r} reads after all: choose another example")
    return "\n\n".join(out)


def types_shown() -> str:
    rows = [
        (f"`{t.name}`", f"{t.quad} {quad.NAMES[t.quad]}", f"{t.score:+g}", t.meaning, _modes(t.modes))
        for t in plover.types().values()
    ]
    return as_table(("type", "quad class", "score", "meaning", "modes (with their own score)"), rows)


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
    return f"{as_table(('context', 'meaning', 'closest PLOVER contexts'), rows)}\n\n{said}"


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
    ranks = f"ICEWS gives phrases; the one of lowest rank decides:\n\n{fence(block(sectors.__doc__))}"
    return f"{as_table(('sector', 'meaning', 'CAMEO', 'PLOVER'), rows)}\n\n{ranks}"


def scales_shown() -> str:
    heads = ("scale", "rates", "what it is", "source")
    return as_table(heads, [(f"`{s.name}`", s.rates, s.summary, s.source) for s in scales.scales().values()])


def quads_shown() -> str:
    roots = [code for code in cameo.codes().values() if len(code.code) == 2]
    named = [m for m in quad.MAPPINGS if m != "plover"]
    rows = [
        (code.code, code.label, *(str(quad.quad_class(mapping, code=code.code)) for mapping in named)) for code in roots
    ]
    said = "; ".join(f"{number} {name}" for number, name in quad.NAMES.items())
    return f"{as_table(('root', 'CAMEO 1.1', *named), rows)}\n\n{said}. `plover` goes by the type: see the first table."


def tables_shown() -> str:
    rows = []
    for file in sorted((SRC / "record" / "ontology" / "tables").glob("*.csv")):
        found = _tables.rows(file.stem)
        rows.append((f"`{file.name}`", str(len(found)), ", ".join(f"`{name}`" for name in found[0])))
    return as_table(("table", "rows", "columns"), rows)


def rules_shown() -> str:
    spoken = {
        "all": "every row",
        "events": "every event",
        "hand": "rows coded by hand",
        "coded": "rows coded by machine",
        "mentions": "mentions",
    }
    broken = as_table(
        ("rule", "asked of", "what a row that breaks it did"),
        [(f"`{r.name}`", spoken[r.rows], r.says) for r in rules()],
    )
    doubled = as_table(("reason", "what it says"), [(f"`{name}`", says) for name, says in DUPLICATES.items()])
    return f"{broken}\n\nDuplicates are not refused; they are counted apart:\n\n{doubled}"


def folds_shown() -> str:
    return as_table(("fold", "which reports become one"), [(f"`{one.name}`", one.says) for one in folds().values()])


def sources_shown() -> str:
    out = []
    for s in sources().values():
        rows = [
            ("rows", "hand-coded" if s.hand_coded else f"coded by {s.coded_by}"),
            ("scale of the magnitude", f"`{s.scale}`"),
            ("columns", ", ".join(f"`{column}`" for column in s.columns)),
            ("cite", s.citation),
            ("licence", s.licence),
        ]
        out.append(f"## {s.name}\n\n{s.summary[:1].upper()}{s.summary[1:]}.\n\n{as_table(('', ''), rows)}")
    return "\n\n".join(out)


def rooms_shown() -> str:
    """Each wing and room, with the first line of what it says of itself."""
    rows = []
    for file in [*sorted(SRC.glob("*.py")), *sorted(SRC.rglob("*/__init__.py"))]:
        if file == SRC / "__init__.py":
            continue
        place = file.relative_to(SRC)
        name = f"{place.parent.as_posix()}/" if file.name == "__init__.py" else place.as_posix()
        said = " ".join((ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split())
        rows.append((f"`{name}`", re.split(r"(?<=[.])\s|$", said, maxsplit=1)[0]))
    return as_table(("room", "what it is for"), rows)
