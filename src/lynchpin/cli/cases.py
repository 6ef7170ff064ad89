"""Case files: say them, check them, start one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, CaseArg, Json, app


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
