"""The command line: read options, call the public function, print. Heavy imports stay inside the commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lynchpin._version import __version__
from lynchpin.errors import BadData, BadValue, LynchpinError

if TYPE_CHECKING:
    from rich.console import Console

    from lynchpin.fetch.report import OnProgress
    from lynchpin.models import Fit
    from lynchpin.store.store import Progress

DEFAULT_CASE = "northeast-asia"

app = typer.Typer(
    name="lynchpin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: drawing boxes would cost a fifth of a second
    context_settings={"help_option_names": ["-h", "--help"]},
)

CaseArg = Annotated[
    str, typer.Argument(metavar="CASE", help="A built-in case, a case.toml, or the folder that holds one.")
]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="Use nothing dated on or after this day (YYYY-MM-DD).")]
Events = Annotated[
    Path | None,
    typer.Option(
        "--events",
        metavar="STORE",
        help="A store made by `lynchpin ingest`, instead of the case's own chronology.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, with stable keys.")]
Days = Annotated[int, typer.Option(help="How far ahead, rounded to whole months.")]
Draws = Annotated[int, typer.Option(help="Simulated paths.")]
Episodes = Annotated[
    bool | None,
    typer.Option(
        "--episodes/--reports",
        help="Fold the reports of one act into one, or not; by default where a machine coded them.",
    ),
]
StoreArg = Annotated[Path, typer.Argument(metavar="STORE", help="A store made by `lynchpin ingest`.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress display.")]


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


stores = typer.Typer(no_args_is_help=True, help="Look at a store, check it, export it, make it small.")
app.add_typer(stores, name="store", rich_help_panel=None)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something goes wrong.")] = False,
) -> None:
    """A workbench for alliance politics: from an account and a dated record to a brief, tested and played forward."""


@app.command(short_help="Fit a case and write its brief, one HTML file.")
def brief(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Add, apart and labelled, what happened next.")] = False,
    events: Events = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where CASE/brief.html is written.")] = Path("out"),
    days: Days = 180,
    draws: Draws = 1000,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The main job: fit a case, and write what moved, what moved it, and what is likely next, as one HTML file."""
    from lynchpin.contract import brief_answer, dump
    from lynchpin.workbench import make_brief

    with _working("fitting and drawing", quiet or as_json):
        made = make_brief(case, events, as_of=as_of, reveal=reveal, days=days, draws=draws, episodes=episodes)
    if as_json:
        typer.echo(dump(brief_answer(made)))
        return
    from lynchpin.brief import render, terminal

    file = out / made.provenance.case / "brief.html"
    _write(file, render(made))
    _console().print(terminal(made))
    typer.echo(f"\nwritten to {file}")  # whole, so that it can be copied


@app.command(short_help="Fit a case and print its coefficients.")
def fit(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit a case's rate model and print its coefficients."""
    found = _fit(case, events, as_of, episodes, quiet or as_json)
    if not as_json:
        typer.echo(found.summary())
        return
    from lynchpin.contract import dump, fit_answer

    about = {
        "log_likelihood": found.log_likelihood,
        "converged": found.converged,
        "dispersion": found.theta,
        "pooled_sd": found.pooled_sd,
        "n_steps": found.design.rows,
        "n_units": len(found.design.units),
    }
    typer.echo(dump(fit_answer(found.made_from, found.to_frame(), about)))


@app.command(short_help="What the record says of each claim.")
def claims(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The claims ledger: what the record says of each claim, how large, how sure."""
    found = _fit(case, events, as_of, episodes, quiet or as_json)
    ledger = found.claims()
    if as_json:
        from lynchpin.contract import claims_answer, dump
        from lynchpin.evidence import RULE

        typer.echo(dump(claims_answer(found.made_from, ledger, RULE)))
        return
    from lynchpin.tables import claims_table

    _console().print(claims_table(ledger))


@app.command(short_help="Counts expected in the months ahead, and baselines.")
def forecast(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    days: Days = 180,
    draws: Draws = 1000,
    seed: Annotated[int | None, typer.Option(help="Another seed than the case's.")] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Counts of every dyad and class in the months ahead, beside the plain baselines."""
    found = _fit(case, events, as_of, episodes, quiet or as_json)
    ahead = found.forecast(days, draws=draws, seed=seed)
    if as_json:
        from lynchpin.contract import dump, forecast_answer

        typer.echo(dump(forecast_answer(found.made_from, ahead)))
        return
    from lynchpin.tables import forecast_table

    _console().print(forecast_table(ahead))


@app.command(short_help="Say every mechanism of a case in a sentence.")
def explain(case: CaseArg = DEFAULT_CASE, as_json: Json = False) -> None:
    """Say every mechanism of a case in a sentence."""
    from lynchpin.contract import dump
    from lynchpin.evidence.claims import sentence
    from lynchpin.workbench import load_case

    read = load_case(case)
    rows = [
        {"name": m.name, "claim": m.claim, "says": m.says, "expect": m.expect, "sentence": sentence(m, read)}
        for m in read.mechanisms
    ]
    if as_json:
        typer.echo(dump({"case": read.name, "mechanisms": rows}))
        return
    for row in rows:
        typer.echo(
            f"{row['name']} ({row['claim'] or 'no claim'}, expected {row['expect']})\n"
            f"  {row['says']}\n  {row['sentence']}\n"
        )


@app.command(short_help="Read a case and say whether it holds together.")
def check(case: CaseArg = DEFAULT_CASE, as_json: Json = False) -> None:
    """Read a case and its chronology and say whether they hold together."""
    from lynchpin.contract import dump
    from lynchpin.tables import check_case
    from lynchpin.workbench import load_case

    report = check_case(load_case(case))
    typer.echo(dump(report) if as_json else "\n".join(f"{key}: {value}" for key, value in report.items()))


@app.command()
def new(
    name: str, directory: Annotated[Path, typer.Option("--dir", help="Where the new folder goes.")] = Path()
) -> None:
    """Write a small case to start from."""
    from lynchpin.cases.starting import write_new_case

    for file in write_new_case(name, directory):
        typer.echo(f"wrote {file}")
    typer.echo(f"next: lynchpin brief {directory / name}")


@app.command(short_help="Read feed files into a store.")
def ingest(
    source: Annotated[str, typer.Argument(help="A source (`lynchpin sources` lists them), or `auto`.")],
    paths: Annotated[
        list[Path], typer.Argument(help="Files, .gz and .zip, folders, globs, or what `store export` wrote.")
    ],
    store: Annotated[Path, typer.Option(help="The store to put them into; made when it is not there.")],
    actors_table: Annotated[
        Path | None, typer.Option("--actors", metavar="FILE", help="Your own table of actors, put before ours.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Read feed files into a store: each row is accepted, a duplicate, or refused with its reasons."""
    from lynchpin.contract import dump
    from lynchpin.ontology import actors as names
    from lynchpin.store import Store

    with (
        names.own_table(actors_table),
        Store.open(store, create=True) as opened,
        _counting("reading", quiet or as_json) as progress,
    ):
        report = opened.ingest(None if source == "auto" else source, paths, progress=progress)
    typer.echo(dump(report.to_dict()) if as_json else report.summary())


@app.command()
def sources(as_json: Json = False) -> None:
    """The feeds that can be read."""
    from lynchpin.contract import dump
    from lynchpin.sources import sources as all_sources

    rows = [
        {
            "name": s.name,
            "summary": s.summary,
            "columns": s.columns,
            "citation": s.citation,
            "licence": s.licence,
        }
        for s in all_sources().values()
    ]
    if as_json:
        typer.echo(dump({"sources": rows}))
        return
    for row in rows:
        typer.echo(f"{row['name']}: {row['summary']}\n  cite: {row['citation']}\n  licence: {row['licence']}\n")


@app.command("events")
def list_events(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    source: Annotated[str | None, typer.Option(metavar="ISO3", help="Who acted.")] = None,
    target: Annotated[str | None, typer.Option(metavar="ISO3", help="On whom.")] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="ISO3", help="On either side; repeat it to ask for all of several."),
    ] = None,
    dyad: Annotated[str | None, typer.Option(metavar='"A -> B"', help="From A to B; `A -- B` is either way.")] = None,
    event_class: Annotated[str | None, typer.Option("--class", help="One class of the case.")] = None,
    event_type: Annotated[str | None, typer.Option("--type", help="One PLOVER type.")] = None,
    since: Annotated[str | None, typer.Option("--since", "--from", metavar="DATE", help="From this day on.")] = None,
    until: Annotated[str | None, typer.Option("--until", "--to", metavar="DATE", help="Before this day.")] = None,
    agreement: Annotated[str | None, typer.Option(metavar="ID", help="Steps of one agreement.")] = None,
    count: Annotated[
        str | None,
        typer.Option(metavar="BY", help="Count by year, class, type, dyad or status, instead of listing."),
    ] = None,
    episodes: Annotated[
        bool, typer.Option("--episodes", help="Fold the reports of one act into one; the date is the first.")
    ] = False,
    limit: Annotated[int, typer.Option(help="Rows of the table; 0 for all.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV, all rows.")] = False,
    as_json: Json = False,
) -> None:
    """Filter, count and show the events of a record."""
    from lynchpin.contract import dump
    from lynchpin.listing import count_events, events_csv, events_table, filter_events
    from lynchpin.workbench import load_case

    read = load_case(case)
    found = filter_events(
        read, events, as_of=as_of, states=state, dyad=dyad, event_class=event_class, event_type=event_type,
        since=since, until=until, agreement=agreement, source=source, target=target, episodes=episodes,
    )  # fmt: skip
    shown = count_events(found, count) if count else found
    if as_json:
        rows = shown.rename({"event_class": "class"}, strict=False)
        typer.echo(dump({"case": read.name, "as_of": as_of, "events": found.height, "rows": rows}))
    elif as_csv:
        typer.echo(events_csv(shown), nl=False)
    else:
        _console().print(events_table(shown, limit))
        if source and target and not count:
            typer.echo(f'from {source} to {target}, and together; --dyad "{source} -- {target}" shows both ways')


@app.command(short_help="States, or names without one, by volume.")
def actors(
    store: StoreArg,
    unresolved: Annotated[
        bool, typer.Option("--unresolved", help="Names that no state was found for, by volume.")
    ] = False,
    limit: Annotated[int, typer.Option(help="Rows of the table; 0 for all.")] = 50,
    as_json: Json = False,
) -> None:
    """The actors of a store by volume: states, or names without one."""
    from lynchpin.contract import dump
    from lynchpin.listing import plain_table
    from lynchpin.store import Store

    with Store.open(store, read_only=True) as opened:
        found = opened.unresolved() if unresolved else opened.states()
    if as_json:
        typer.echo(dump({"store": store.name, "unresolved": unresolved, "actors": found.height, "rows": found}))
    else:
        _console().print(plain_table(found, limit))


@app.command(short_help="Fetch a feed from where it is published.")
def fetch(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="gdelt, icews or polecat.")],
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First day; gdelt only.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; gdelt only.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--dir", metavar="DIR", help="Where the files go; FEED if not given.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of gdelt: export, mentions; repeat it for both.")] = None,
    match: Annotated[str, typer.Option(metavar="GLOB", help="Of icews and polecat: names of the files.")] = "*",
    base_url: Annotated[str | None, typer.Option(metavar="URL", help="A mirror.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fetch a feed from where it is published; run it again and it takes up where it ended."""
    from lynchpin.contract import dump
    from lynchpin.fetch import fetch_dataverse, fetch_gdelt

    to = folder or Path(feed)
    with _arriving(quiet or as_json) as progress:
        if feed == "gdelt":
            if since is None or until is None:
                raise BadValue("the days are missing", "--since, --until", "name the first and the last day")
            kinds = tuple(kind or ("export",))
            report = fetch_gdelt(since, until, to, kinds=kinds, base_url=base_url, progress=progress)  # type: ignore[arg-type]
        else:
            report = fetch_dataverse(feed, to, match=match, base_url=base_url, progress=progress)
    typer.echo(dump(report.to_dict()) if as_json else report.summary())
    if report.failed:
        raise BadData(f"{len(report.failed)} files could not be fetched", str(to), "run the same command again")


@stores.command("info")
def store_info(
    store: StoreArg,
    episodes: Annotated[bool, typer.Option("--episodes", help="Also what each fold takes in.")] = False,
    as_json: Json = False,
) -> None:
    """What a store holds."""
    from lynchpin.contract import dump
    from lynchpin.listing import info_lines
    from lynchpin.store import Store

    with Store.open(store, read_only=True) as opened:
        told = opened.info() | ({"folding": opened.folded().to_dict()} if episodes else {})
    typer.echo(dump(told) if as_json else info_lines(told))


@stores.command("verify", short_help="Whether its tables agree with each other.")
def store_verify(store: StoreArg, as_json: Json = False) -> None:
    """Whether the tables of a store agree with each other; 2 if they do not."""
    from lynchpin.contract import dump
    from lynchpin.store import Store

    with Store.open(store, read_only=True) as opened:
        faults = opened.verify()
        told = {"store": store.name, "sound": not faults, "faults": faults, "content_hash": opened.content_hash()}
    if as_json:
        typer.echo(dump(told))
    elif not faults:
        typer.echo(f"sound; content {told['content_hash']}")
    if faults:
        mend = "ingest the files into a new store"
        raise BadData("the store is not sound", f"{store}: {'; '.join(faults[:5])}", mend)


@stores.command("export")
def store_export(
    store: StoreArg,
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder; `ingest` takes it in again.")],
    as_json: Json = False,
) -> None:
    """Write every table of a store as Parquet."""
    from lynchpin.contract import dump
    from lynchpin.store import Store

    with Store.open(store, read_only=True) as opened:
        told = opened.export(to)
    typer.echo(dump(told) if as_json else f"wrote {to}: {told['rows']['events']:,} events")


@stores.command("compact", short_help="Write it anew, in the order of days.")
def store_compact(store: StoreArg, as_json: Json = False) -> None:
    """Write a store anew, in the order of days; the old file stays until the new one is whole."""
    from lynchpin.contract import dump
    from lynchpin.store import Store

    before, after = Store.compact(store)
    told = {"store": store.name, "size_before": before, "size": after}
    typer.echo(dump(told) if as_json else f"{before:,} bytes before, {after:,} now")


def main() -> None:
    """Run the command line: 0 done, 1 a fault of ours, 2 something the user can mend, 130 stopped."""
    for library in ("OPENBLAS", "OMP"):  # our matrices are small: threads would spin longer than they work
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    debug = "--debug" in sys.argv  # taken anywhere on the line
    try:
        app([word for word in sys.argv[1:] if word != "--debug"])
    except LynchpinError as error:
        if debug:
            raise
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:
        if debug:
            raise
        said = f"a fault of ours: {type(error).__name__}: {error}"
        typer.echo(f"{said}\n  to mend: run it again with --debug and report what it prints", err=True)
        raise SystemExit(1) from None


def _fit(case: str, events: Path | None, as_of: str | date | None, episodes: bool | None, quiet: bool) -> Fit:
    from lynchpin.workbench import fit as fit_it

    with _working("fitting", quiet):
        return fit_it(case, events, as_of=as_of, episodes=episodes)


@contextmanager
def _working(what: str, quiet: bool) -> Iterator[None]:
    """Show that work goes on, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} ..."):
        yield


@contextmanager
def _counting(what: str, quiet: bool) -> Iterator[Progress | None]:
    """A bar of files done, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich_progress
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)


@contextmanager
def _arriving(quiet: bool) -> Iterator[OnProgress | None]:
    """A bar of bytes that are here, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress as shown
    from rich.console import Console

    columns = (shown.TextColumn("{task.description}"), shown.BarColumn(), shown.DownloadColumn())
    with shown.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("listing", total=None)
        yield lambda so: bar.update(task, description=so.name, completed=so.bytes_done, total=so.bytes)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadData(f"cannot write {file}: {error.strerror}", "", "choose another folder with --out") from None


if __name__ == "__main__":
    main()
