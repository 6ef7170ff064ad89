"""Case files: say them, check them, start one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import DEFAULT_CASE, CaseArg, Json, app


@app.command(short_help="Say every mechanism of a case in a sentence.")
def explain(case: CaseArg = DEFAULT_CASE, as_json: Json = False) -> None:
    """Say every mechanism of a case in a sentence."""
    from lynchpin.account.cases import is_theory
    from lynchpin.report.contract import dump

    if is_theory(case):
        from lynchpin.account.cases import read_theory
        from lynchpin.account.cases.find_triads import sentences

        theory = read_theory(case)
        name, roles, rows = theory.name, theory.roles_in_words(), sentences(theory)
    else:
        from lynchpin.account.cases.roles import roles_in_words
        from lynchpin.answers.evidence.claims import sentence
        from lynchpin.session.facade import load_case

        read = load_case(case)
        name, roles = read.name, roles_in_words(read)
        rows = [
            {"name": m.name, "claim": m.claim, "says": m.says, "expect": m.expect, "sentence": sentence(m, read)}
            for m in read.mechanisms
        ]
    if as_json:
        typer.echo(dump({"case": name, "roles": roles, "mechanisms": rows}))
        return
    for role, words in roles.items():
        typer.echo(f"{role}: {words}")
    typer.echo()
    for row in rows:
        typer.echo(
            f"{row['name']} ({row['claim'] or 'no claim'}, expected {row['expect']})\n"
            f"  {row['says']}\n  {row['sentence']}\n"
        )


@app.command(short_help="Read a case and say whether it holds together.")
def check(case: CaseArg = DEFAULT_CASE, as_json: Json = False) -> None:
    """Read a case and its chronology, or a theory, and say whether they hold together."""
    from lynchpin.account.cases import is_theory, read_theory
    from lynchpin.report.contract import dump
    from lynchpin.session.check import check_case, check_theory
    from lynchpin.session.facade import load_case

    report = check_theory(read_theory(case)) if is_theory(case) else check_case(load_case(case))
    typer.echo(dump(report) if as_json else "\n".join(f"{key}: {value}" for key, value in report.items()))


@app.command()
def new(
    name: str, directory: Annotated[Path, typer.Option("--dir", help="Where the new folder goes.")] = Path()
) -> None:
    """Write a small case to start from."""
    from lynchpin.account.cases.builtin import write_new_case

    for file in write_new_case(name, directory):
        typer.echo(f"wrote {file}")
    typer.echo(f"next: lynchpin brief {directory / name}")
