"""What a fit says: its coefficients, what each mechanism accounts for, its forecast."""

from __future__ import annotations

from typing import Annotated

import typer

from lynchpin.cli._app import AsOf, CaseArg, Days, Draws, Episodes, Events, Json, Quiet, Seed, Workers, app, fit_case
from lynchpin.cli._terminal import counting, print_json, show, working
from lynchpin.defaults import CASE, DAYS, DRAWS
from lynchpin.errors import BadValue


@app.command(short_help="Fit a case and print its coefficients.")
def fit(
    case: CaseArg = CASE,
    as_of: AsOf = None,
    events: Events = None,
    episodes: Episodes = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Fit a case's rate model and print its coefficients."""
    fitted = fit_case(case, events, as_of, episodes, quiet or as_json)
    if not as_json:
        show(fitted, as_json)
        return
    from lynchpin.report.contract import answer
    from lynchpin.session.questions import coefficients

    print_json(answer(coefficients(fitted), fitted.made_from))


@app.command(short_help="What share of the acts each mechanism accounts for.")
def attribute(
    case: CaseArg = CASE,
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
    from lynchpin.days import optional_day

    since = optional_day(first, name="--from")
    until = optional_day(last, name="--to")
    fitted = fit_case(case, events, as_of, episodes, quiet or as_json)
    with counting("replaying", quiet or as_json) as bar:
        done: list[str] = []

        def tell(name: str) -> None:
            done.append(name)
            if bar is not None:
                bar(name, len(done), len(fitted.case.mechanisms))

        shares = attribution(fitted, since, until, replays=replay, workers=workers, tell=tell)
    show(shares, as_json, fitted.made_from)


@app.command(short_help="Counts expected in the months ahead, and baselines.")
def forecast(
    case: CaseArg = CASE,
    as_of: AsOf = None,
    events: Events = None,
    days: Days = DAYS,
    draws: Draws = DRAWS,
    seed: Seed = None,
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
    from lynchpin.days import parse_day

    if agreement is not None or stage:
        if agreement is None or by is None or any_of or index:
            mend = "write --agreement gsomia-jpn-kor --stage signed --by 2012-12-31"
            raise BadValue("--agreement and --by go together, and without --any and --index", "forecast", mend)
        from lynchpin.session.stages import stage_by

        with working("fitting", quiet or as_json):
            made_from, chances = stage_by(
                case, agreement, by, events, stages=stage or [], as_of=as_of, draws=draws, seed=seed, episodes=episodes
            )
        show(chances, as_json, made_from)
        return
    if (any_of and index) or bool(any_of) != (by is not None):
        mend = 'write --any "PRK -> KOR : material_conflict" --by 2012-12-31'
        raise BadValue("--any and --by go together, and --index without them", "forecast", mend)
    fitted = fit_case(case, events, as_of, episodes, quiet or as_json)
    if any_of and by is not None:
        from lynchpin.answers.forecast.targets import any_by

        last = parse_day(by, name="--by")
        show(
            any_by(fitted, any_of, last, draws=draws, seed=seed, workers=workers), as_json, fitted.made_from, seed=seed
        )
    elif index:
        from lynchpin.answers.forecast.targets import index_ahead

        ahead = index_ahead(fitted, days=days, draws=draws, seed=seed, workers=workers)
        show(ahead, as_json, fitted.made_from, seed=seed)
    else:
        show(fitted.forecast(days=days, draws=draws, seed=seed, workers=workers), as_json, fitted.made_from, seed=seed)
