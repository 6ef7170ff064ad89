"""What a fit says: its coefficients, its claims, its forecast."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, AsOf, CaseArg, Days, Draws, Episodes, Events, Json, Quiet, Workers, app
from lynchpin.cli._moderation import check_words, conditioned, moderated
from lynchpin.cli._picture import check_picture, write_picture
from lynchpin.cli._terminal import console, counting, working, write_text

if TYPE_CHECKING:
    from lynchpin.results import TriadLedger
    from lynchpin.session.facade import Fit


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
    from lynchpin.report.contract import dump, fit_answer

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
    shifts: Annotated[int, typer.Option(min=19, help="Random shifts of each cause in time.")] = 499,
    seed: Annotated[int | None, typer.Option(help="Another seed of the shifts than the case's.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Threads; the answer is the same with any.")] = 1,
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
    """The claims ledger: what the record says of each claim, how large, how sure; --triads: of a theory on many.

    --split tells each mechanism before a day from after it, --by dyad in each pair of states that it moves, --by
    condition where what may weaken or strengthen it is absent and strong.
    """
    check_words(split, by, triads, out)
    if triads is not None:
        _triad_claims(case, triads, events, structure, between, on, as_of, episodes, workers, out, as_json, quiet)
        return
    found = _fit(case, events, as_of, episodes, quiet or as_json)
    if by == "condition":
        conditioned(found, as_json)
        return
    if split or by:
        moderated(found, split or [], out, as_json, quiet)
        return
    with working("moving causes in time, rolling the origin", quiet or as_json):
        ledger = found.claims(shifts=shifts, seed=seed, workers=workers)
    if as_json:
        from lynchpin.answers.evidence import RULE
        from lynchpin.report.contract import claims_answer, dump

        typer.echo(dump(claims_answer(found.made_from, ledger, RULE)))
        return
    from lynchpin.report.tables import claims_table

    screen = console()
    screen.print(claims_table(ledger, screen.width))


@app.command(short_help="What share of the acts each mechanism accounts for.")
def attribute(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    episodes: Episodes = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Only from this day on.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Only before this day.")] = None,
    replay: Annotated[
        bool, typer.Option("--replay/--no-replay", help="Play the period anew too, which takes most of the time.")
    ] = True,
    workers: Workers = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """What share of the acts each mechanism accounts for, over any period, told in two ways.

    With history kept as it was and the mechanism switched off; and with the period played anew without it, so that
    what the missing acts would have led to counts too.
    """
    from lynchpin.answers.evidence import attribution
    from lynchpin.answers.evidence.attribution import described
    from lynchpin.days import optional_day

    since = optional_day(first, name="--from")
    until = optional_day(last, name="--to")
    found = _fit(case, events, as_of, episodes, quiet or as_json)
    with counting("replaying", quiet or as_json) as bar:
        done: list[str] = []

        def tell(name: str) -> None:
            done.append(name)
            if bar is not None:
                bar(name, len(done), len(found.case.mechanisms))

        shares = attribution(found, since, until, replays=replay, workers=workers, tell=tell)
    if as_json:
        from lynchpin.report.contract import dump, shares_answer

        typer.echo(dump(shares_answer(found.made_from, since, until, shares)))
        return
    typer.echo(described(shares))


@app.command(short_help="Counts expected in the months ahead, and baselines.")
def forecast(
    case: CaseArg = DEFAULT_CASE,
    as_of: AsOf = None,
    events: Events = None,
    days: Days = 180,
    draws: Draws = 1000,
    seed: Annotated[int | None, typer.Option(help="Another seed than the case's.")] = None,
    any_of: Annotated[
        list[str] | None,
        typer.Option("--any", metavar="PATTERN", help="In place of counts: the chance of at least one such act."),
    ] = None,
    agreement: Annotated[
        str | None,
        typer.Option(metavar="ID", help="In place of counts: where an agreement will stand, and when it comes to it."),
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE", help="With --agreement: when it comes to this stage; else to all still ahead."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="DATE", help="With --any or --agreement: the last day that counts.")
    ] = None,
    index: Annotated[
        bool, typer.Option("--index", help="In place of counts: the relation index and the lateral gap ahead.")
    ] = False,
    workers: Workers = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Counts of every dyad and class in the months ahead, beside the plain baselines.

    With --any and --by the chance of at least one act of a pattern, as in "PRK -> KOR : material_conflict". With
    --agreement and --by the chance of each stage of an agreement on that day, and when it comes to those ahead.
    """
    if agreement is not None or stage:
        _agreement(
            case, events, as_of, agreement, stage or [], by, any_of or index, draws, seed, episodes, as_json, quiet
        )
        return
    if any_of or index or by:
        _other_target(
            _fit(case, events, as_of, episodes, quiet or as_json),
            any_of or [],
            by,
            index,
            as_json,
            days=days,
            draws=draws,
            seed=seed,
            workers=workers,
        )
        return
    found = _fit(case, events, as_of, episodes, quiet or as_json)
    ahead = found.forecast(days, draws=draws, seed=seed, workers=workers)
    if as_json:
        from lynchpin.report.contract import dump, forecast_answer

        typer.echo(dump(forecast_answer(found.made_from, ahead)))
        return
    from lynchpin.report.tables import forecast_table

    console().print(forecast_table(ahead))


def _agreement(
    case: str,
    events: Path | None,
    as_of: str | None,
    agreement: str | None,
    stages: list[str],
    by: str | None,
    another: object,
    draws: int,
    seed: int | None,
    episodes: bool | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """The stages of an agreement on a day."""
    from lynchpin.errors import BadValue
    from lynchpin.report.contract import dump, stage_answer
    from lynchpin.session.stages import stage_by

    if agreement is None or by is None or another:
        raise BadValue(
            "--agreement and --by go together, and without --any and --index",
            "forecast",
            "write --agreement gsomia-jpn-kor --stage signed --by 2012-12-31",
        )
    with working("fitting", quiet or as_json):
        made_from, found = stage_by(
            case, agreement, by, events, stages=stages, as_of=as_of, draws=draws, seed=seed, episodes=episodes
        )
    typer.echo(dump(stage_answer(made_from, found)) if as_json else found.summary())


def _other_target(
    found: Fit,
    any_of: list[str],
    by: str | None,
    index: bool,
    as_json: bool,
    *,
    days: int,
    draws: int,
    seed: int | None,
    workers: int | None,
) -> None:
    """The chance of at least one act, or the relation index ahead."""
    from lynchpin.answers.forecast.targets import any_by, index_ahead
    from lynchpin.days import parse_day
    from lynchpin.errors import BadValue
    from lynchpin.report.contract import any_answer, dump, index_answer

    if index and not any_of and by is None:
        ahead = index_ahead(found, days=days, draws=draws, seed=seed, workers=workers)
        if as_json:
            typer.echo(dump(index_answer(found.made_from, ahead)))
            return
        from lynchpin.report.tables import index_table

        console().print(index_table(ahead))
        return
    if index or not any_of or by is None:
        raise BadValue(
            "--any and --by go together, and --index without them",
            "forecast",
            'write --any "PRK -> KOR : material_conflict" --by 2012-12-31',
        )
    chances = any_by(found, any_of, parse_day(by, name="--by"), draws=draws, seed=seed, workers=workers)
    typer.echo(
        dump(any_answer(found.made_from, chances)) if as_json else "\n".join(chance.summary() for chance in chances)
    )


def _triad_claims(
    theory: str,
    triads: str,
    events: Path | None,
    structure: Path | None,
    between: str | None,
    on: str | None,
    as_of: str | None,
    episodes: bool | None,
    workers: int,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    from lynchpin.answers.evidence.triads import triad_claims
    from lynchpin.errors import BadValue
    from lynchpin.report.contract import dump

    if out is not None:
        check_picture(out)
    if events is None:
        raise BadValue("a theory has no record of its own", "--triads", "name a store of events with --events")
    only = () if triads == "all" else tuple(name.strip() for name in triads.split(","))
    with working("fitting every triad", quiet or as_json):
        found = triad_claims(
            theory,
            events,
            structure,
            on=on,
            between=between,
            as_of=as_of,
            episodes=episodes,
            only=only,
            workers=workers,
        )
    if out is not None:
        _draw_forests(found, out)
    typer.echo(dump(found.to_dict()) if as_json else found.summary())
    if out is not None and not as_json:
        typer.echo(f"\nwritten to {out}")


def _draw_forests(found: TriadLedger, out: Path) -> None:
    """Forests of all mechanisms on a page, or of those with an estimate in one picture."""
    if out.suffix == ".html":
        from lynchpin._version import __version__
        from lynchpin.report.page.pictures import render_triads

        write_text(out, render_triads(found, __version__))
        return
    from lynchpin.report.plots import triads

    shown = [claim for claim in found.claims if any(one.rate_ratio is not None for one in claim.triads)]
    write_picture(out, triads.whole(shown or found.claims, f"{found.title}: rate ratio when the cause doubles"))


def _fit(case: str, events: Path | None, as_of: str | date | None, episodes: bool | None, quiet: bool) -> Fit:
    from lynchpin.session.facade import fit as fit_it

    with working("fitting", quiet):
        return fit_it(case, events, as_of=as_of, episodes=episodes)
