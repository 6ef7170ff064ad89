"""The application that commands are added to, and the options that several of them share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lynchpin._version import __version__
from lynchpin.cli._guard import Guarded
from lynchpin.cli._terminal import answer_alone, working
from lynchpin.errors import BadValue
from lynchpin.files import allowing_outside

if TYPE_CHECKING:
    from lynchpin.session.facade import Fit

#: The order of `--help`, whatever the order in which files add their commands.
ORDER = (
    "brief", "serve", "fit", "claims", "register", "attribute", "forecast", "fade", "whatif", "backtest", "agreements",
    "explain", "check", "cases", "new", "rem", "lasting", "hyper", "ingest", "sources", "fetch", "events", "actors",
    "triads", "predict", "sensitivity", "track", "store", "structure", "doctor", "completion",
)  # fmt: skip


class _InOrder(Guarded):
    """Commands in the order of the table; one that stands in none is a mistake of ours."""

    def __init__(self, *, commands: dict[str, Any], **options: Any) -> None:
        super().__init__(commands={name: commands[name] for name in sorted(commands, key=ORDER.index)}, **options)


app = typer.Typer(
    name="lynchpin",
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: drawing boxes would cost a fifth of a second
    context_settings={"help_option_names": ["-h", "--help"]},
)


def here(context: typer.Context, param: typer.CallbackParam, value: str) -> str:
    """The case of the folder that one stands in, where none is named and it holds one."""
    is_left_out = getattr(context.get_parameter_source(param.name or ""), "name", "") == "DEFAULT"
    if not is_left_out or not Path("case.toml").is_file():
        return value
    typer.echo(f"the case of this folder is used; for the one that comes with the package write {value}", err=True)
    return "."


CaseArg = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        help="A built-in case, a case.toml, or the folder that holds one; none: that of this folder, if it holds one.",
        callback=here,
    ),
]
AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="Use only what happened and was known before this day (YYYY-MM-DD).")
]
Events = Annotated[
    Path | None,
    typer.Option(
        "--events",
        "--store",
        metavar="STORE",
        help="A store made by `lynchpin ingest`, instead of the case's own chronology.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, with stable keys.")]
Days = Annotated[int, typer.Option(help="How far ahead, rounded to whole months.")]
Draws = Annotated[int, typer.Option(help="Simulated paths.")]
Seed = Annotated[int | None, typer.Option(help="Another seed than the case's.")]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, help="Threads that share the paths, from 10,000 on worth it; the answer is the same for any number."
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Let the workers of a dask scheduler do it, as tcp://10.0.0.5:8786."),
]
Episodes = Annotated[
    bool | None,
    typer.Option(
        "--episodes/--reports",
        help="Fold the reports of one act into one, or not; by default where a machine coded them.",
    ),
]
Lag = Annotated[str, typer.Option(metavar="DAYS", help="How late the feed runs, as in 7d.")]
StoreHere = Annotated[Path | None, typer.Option("--store", metavar="STORE", help="A store made by `lynchpin ingest`.")]
StoreFirst = Annotated[Path | None, typer.Argument(metavar="STORE", hidden=True)]  # as it used to be named
Quiet = Annotated[bool, typer.Option("--quiet", callback=answer_alone, help="The answer alone: no notes, no progress.")]


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something goes wrong.")] = False,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Let a case name files outside its folder.")
    ] = False,
) -> None:
    """A workbench for alliance politics: from an account and a dated record to a brief, tested and played forward."""
    context.with_resource(allowing_outside(allow_outside))


def the_store(named: Path | None, first: Path | None) -> Path:
    """The store that a command is about, by `--store` or in the first place.

    Raises
    ------
    BadValue : none is named, or two are
    """
    given = [one for one in (named, first) if one is not None]
    if len(given) != 1:
        what = "no store is named" if not given else f"two stores are named, {given[0]} and {given[1]}"
        raise BadValue(what, "--store", "name one, as in --store world.duckdb")
    return given[0]


def fit_case(case: str, events: Path | None, as_of: str | None, episodes: bool | None, quiet: bool) -> Fit:
    """What many commands begin with."""
    from lynchpin.session.facade import fit

    with working("fitting", quiet):
        return fit(case, events, as_of=as_of, episodes=episodes)
