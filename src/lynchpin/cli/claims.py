"""What the record says of a case's claims: the ledger, how a push fades, and whether another would have found it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lynchpin.cli._app import AsOf, CaseArg, Episodes, Events, Json, Quiet, Scheduler, app, fit_case
from lynchpin.cli._terminal import check_picture, counting, show, working, write, write_text
from lynchpin.defaults import CASE, DAYS, SHIFTS
from lynchpin.errors import BadValue

if TYPE_CHECKING:
    from lynchpin.results import Ledger, SplitLedger


@app.command(short_help="What the record says of each claim.")
def claims(
    case: CaseArg = CASE,
    as_of: AsOf = None,
    events: Events = None,
    episodes: Episodes = None,
    shifts: Annotated[
        int, typer.Option(min=19, help="Random shifts of each cause in time; from 499 on, more where p is small.")
    ] = SHIFTS,
    seed: Annotated[int | None, typer.Option(help="Another seed of the shifts than the case's.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="With --triads: processes; the answer is the same with any. One by default."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="With --triads: let the workers of a dask scheduler do it."),
    ] = None,
    registered: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Test what `lynchpin register` froze, on the events after its last day."),
    ] = None,
    triads: Annotated[
        str | None,
        typer.Option(metavar="all|NAMES", help="CASE is a theory: fit it to all its triads, or to USA-JPN-KOR,..."),
    ] = None,
    structure: Annotated[
        Path | None,
        typer.Option("--structure", metavar="STORE", help="With --triads: made by `lynchpin structure import`."),
    ] = None,
    between: Annotated[
        str | None, typer.Option(metavar="RULE", help="With --triads: another rule for what ties the two allies.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="With --triads: the day roles are read for; else the record's first."),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE", help="In place of the ledger: each mechanism before and after this day; repeats."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="dyad|condition",
            help="In place of the ledger: each mechanism by directed dyad, or by the condition of a product.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --triads, --split or --by: draw it, as .html, .svg or .png."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The claims ledger: how strong the evidence for each claim, and how large at most; --triads: of a theory on many.

    --split tells each mechanism before a day from after it, --by dyad in each pair of states that it moves, --by
    condition where what may weaken or strengthen it is absent and strong. --registered tests the definitions that were
    frozen, on later events alone.
    """
    _check_split(split, by, triads, out)
    if triads is None and (workers is not None or scheduler is not None):
        what = "a ledger is a few seconds of one thread's work, and more workers would not shorten it"
        raise BadValue(what, "--workers" if scheduler is None else "--scheduler", "leave it away, or give --triads")
    if registered is not None:
        given = [name for name, value in (("--triads", triads), ("--split", split), ("--by", by)) if value]
        given += ["--seed"] if seed is not None else []
        given += ["--shifts"] if shifts != SHIFTS else []
        given += ["--episodes"] if episodes is not None else []
        if given:
            what = f"{' and '.join(given)} and --registered do not go together"
            raise BadValue(what, "claims", "the test is the one that was registered: leave the other away")
        _registered(registered, case, events, as_of, as_json, quiet)
        return
    is_quiet = quiet or as_json
    made_from = None
    ledger: Ledger | SplitLedger
    if triads is not None:
        from lynchpin.session.cluster import hands

        with counting("fitting every triad", is_quiet) as bar, hands(workers or 1, scheduler) as crew:
            ledger = _on_triads(
                case, triads, events, structure=structure, on=on, between=between, as_of=as_of, episodes=episodes,
                executor=crew, tell=None if bar is None else lambda done, of: bar("triads", done, of),
            )  # fmt: skip
    else:
        fitted = fit_case(case, events, as_of, episodes, is_quiet)
        made_from = fitted.made_from
        if split or by:
            from lynchpin.session.questions import parted

            with working(f"fitting every {by or 'period'}", is_quiet):
                ledger = parted(fitted, split=split or [], by=by)
        else:
            with working("moving causes in time, rolling the origin", is_quiet):
                ledger = fitted.claims(shifts=shifts, seed=seed)
    if out is not None:
        write(out, ledger, made_from)
    show(ledger, as_json, made_from, seed=seed, written=out)


def _check_split(split: list[str] | None, by: str | None, triads: str | None, out: Path | None) -> None:
    """Refuse what does not go together, before any work is done."""
    ways = [name for name, value in (("--split", split), ("--by", by), ("--triads", triads)) if value]
    if len(ways) > 1:
        raise BadValue(f"{' and '.join(ways)} do not go together", "claims", "ask for one at a time")
    if by not in (None, "dyad", "condition"):
        mend = "write --by dyad or --by condition, or --split DATE for periods"
        raise BadValue(f"claims cannot be told apart by {by!r}", "--by", mend)
    if out is None:
        return
    if not ways:
        mend = "give --split DATE, --by dyad or --triads with it"
        raise BadValue("the plain ledger is drawn in the brief", "--out", mend)
    if by == "condition":
        raise BadValue("conditions are three numbers each and have no picture", "--out", "leave --out away")
    check_picture(out)


def _registered(
    file: Path,
    case: str,
    events: Path | None,
    as_of: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """The ledger of what was registered."""
    from lynchpin.session.register import confirm

    with working("testing what was registered", quiet or as_json):
        tested, made_from = confirm(file, case, events, as_of=as_of)
    show(tested, as_json, made_from)


@app.command(short_help="Freeze a case and its test in a file, before new data come.")
def register(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the registration is written.")],
    case: CaseArg = CASE,
    as_of: AsOf = None,
    events: Events = None,
    episodes: Episodes = None,
    shifts: Annotated[int, typer.Option(min=19, help="Random shifts of each cause in the test to come.")] = SHIFTS,
    seed: Annotated[int | None, typer.Option(help="Another seed of the shifts than the case's.")] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Freeze mechanisms, classes, half-lives, statistic, grades and seed, with the hash and the last day of the record.

    `lynchpin claims CASE --registered FILE` tests them on the events that come after that day.
    """
    from lynchpin.session.register import as_text
    from lynchpin.session.register import register as freeze

    if out.exists():
        raise BadValue(f"{out} is there already", "--out", "a registration is written once: name another file")
    with working("fitting", quiet or as_json):
        made = freeze(case, events, as_of=as_of, shifts=shifts, seed=seed, episodes=episodes)
    write_text(out, as_text(made))
    show(made, as_json, written=out)


def _on_triads(theory: str, triads: str, events: Path | None, **options: Any) -> SplitLedger:
    """A theory on all its triads, or on those named."""
    from lynchpin.answers.evidence.triads import triad_claims

    if events is None:
        raise BadValue("a theory has no record of its own", "--triads", "name a store of events with --events")
    only = () if triads == "all" else tuple(name.strip() for name in triads.split(","))
    return triad_claims(theory, events, only=only, **options)


@app.command(short_help="How the push of a mechanism comes and goes, and how fast it fades.")
def fade(
    case: CaseArg = CASE,
    mechanism: Annotated[
        str | None,
        typer.Argument(metavar="[MECHANISM]", help="Its name; else the first whose half-life is fitted."),
    ] = None,
    as_of: AsOf = None,
    events: Events = None,
    dyad: Annotated[
        str | None, typer.Option(metavar="'KOR -> JPN'", help="Whose rate; else the first that it moves.")
    ] = None,
    days: Annotated[int, typer.Option(help="How far beyond the last known day.")] = DAYS,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Mark the acts that came in those days; no estimate knows of them.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it: a page (.html), or a picture (.svg, .png).")
    ] = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The push of a mechanism on the rate of its acts, day by day, with the acts of its cause; and its half-life.

    The push is the rate over what it would be with no act of the cause remembered. Its 90 % band counts in how unsure
    the half-life is where the case has it fitted; where the case gives it, the record is asked all the same.
    """
    from lynchpin.session.brief import how_it_fades

    if out is not None:
        check_picture(out)
    with working("fitting, trying half-lives", quiet or as_json):
        made_from, push = how_it_fades(
            case, mechanism, events, as_of=as_of, reveal=reveal, dyad=dyad, days=days, episodes=episodes
        )
    if out is not None:
        write(out, push, made_from)
    show(push, as_json, made_from, written=out)


@app.command(short_help="One mechanism under every choice that could have been made otherwise.")
def sensitivity(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A built-in case, a case.toml, or its folder.")],
    mechanism: Annotated[str, typer.Argument(metavar="MECHANISM", help="A mechanism of the case.")],
    as_of: AsOf = None,
    events: Events = None,
    vary: Annotated[
        str | None,
        typer.Option(metavar="CHOICES", help="Vary only these, as step,half-life; by default all."),
    ] = None,
    half_life: Annotated[
        list[str] | None, typer.Option(metavar="LENGTH", help="Try this half-life too, as 30d or 8w; repeats.")
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="Try the class rules of this case too (same names, other rules); repeats."),
    ] = None,
    shifts: Annotated[
        int, typer.Option(min=0, help="Move the cause in time so often, for a placebo of the whole curve; 0: none.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the specification curve: .html, .svg or .png.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes; the answer is the same with any. One for each core by default."),
    ] = None,
    scheduler: Scheduler = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Refit one mechanism under every combination of choices, and show the specification curve.

    Choices: step, reports, feed, classes, rows, exposure, counts, half-life, memory, joint acts, scale.
    """
    from lynchpin.answers.evidence.sensitivity import sensitivity as refit
    from lynchpin.days import parse_duration
    from lynchpin.session.cluster import hands
    from lynchpin.session.facade import fit, load_case

    if out is not None:
        check_picture(out)
    lengths = [parse_duration(text, where="--half-life") for text in half_life or ()]
    others = {name: load_case(name) for name in classes or ()}
    own = workers or (1 if scheduler is not None else os.cpu_count() or 1)
    with counting("refitting", quiet or as_json) as bar, hands(own, scheduler) as crew:
        fitted = fit(case, events, as_of=as_of, episodes=episodes)
        curve = refit(
            fitted,
            mechanism,
            events,
            vary=[name.strip() for name in vary.split(",")] if vary else (),
            half_lives=lengths,
            classes=others,
            shifts=shifts,
            executor=crew,
            tell=None if bar is None else lambda done, of: bar("records", done, of),
        )
    if out is not None:
        write(out, curve, fitted.made_from)
    show(curve, as_json, fitted.made_from, written=out)
