"""Who acts next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import Json, Quiet, app, here
from lynchpin.cli._terminal import counting, show
from lynchpin.defaults import CASE, SHOWN
from lynchpin.errors import BadValue


@app.command("predict", short_help="Who acts next: receivers or senders, ranked.")
def predict_next(
    record: Annotated[
        str,
        typer.Argument(metavar="RECORD", help="A case, a store, or a feed file that a source knows.", callback=here),
    ] = CASE,
    actor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who acts: ISO3 code, or a name with --names.")
    ] = None,
    event_class: Annotated[
        str | None, typer.Option("--class", metavar="CLASS", help="The act, as a class of the case.")
    ] = None,
    code: Annotated[str | None, typer.Option(metavar="CODE", help="The act, as a code of the feed.")] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DATE", help="The day; only what happened and was known before it is used."),
    ] = None,
    asked_as: Annotated[
        str, typer.Option("--as", metavar="ROLE", help="receiver: to whom NAME does it; sender: who does it to NAME.")
    ] = "receiver",
    top: Annotated[int, typer.Option(help="How many to show.")] = SHOWN,
    names: Annotated[bool, typer.Option("--names", help="Actors as written, instead of their states.")] = False,
    case: Annotated[str, typer.Option(metavar="CASE", help="Whose classes are used where RECORD is no case.")] = CASE,
    benchmark: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Score a benchmark instead: train, valid and test.txt, or an edge list."),
    ] = None,
    split: Annotated[str, typer.Option(metavar="SPLIT", help="Of a benchmark: valid or test.")] = "test",
    questions: Annotated[
        int | None,
        typer.Option(metavar="N", help="Of a benchmark: score about N questions drawn at random, learn from as many."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Rank whom an act will reach, or whom it will come from, on a day; with reasons, and a check on days held out."""
    if benchmark is not None:
        from lynchpin.answers.predict import run_benchmark

        with _days("days", quiet or as_json) as progress:
            found = run_benchmark(
                benchmark, split=split, most_questions=questions, progress=progress,  # type: ignore[arg-type]
            )  # fmt: skip
        show(found.scores, as_json)
        return
    if actor is None or day is None:
        raise BadValue("the question is not whole", "--actor, --date", "say who, by --class or --code what, and when")
    from lynchpin.answers.predict import predict

    with _days("reading the history", quiet or as_json) as progress:
        ranking = predict(
            record, actor, day=day, event_class=event_class, code=code, asked_as=asked_as,  # type: ignore[arg-type]
            top=top, case=case, as_written=names, progress=progress,
        )  # fmt: skip
    show(ranking, as_json)


@contextmanager
def _days(what: str, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar of days done, on a terminal only."""
    with counting(what, quiet) as bar:
        yield None if bar is None else lambda done, total: bar(what, done, total)
