"""A case: its brief, what it says, whether it holds together, and one to start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from lynchpin.cli._app import AsOf, CaseArg, Days, Draws, Episodes, Events, Json, Quiet, app
from lynchpin.cli._terminal import find_browser, print_json, print_pdf, say, show, working, write, write_text
from lynchpin.defaults import CASE, DAYS, DRAWS


@app.command(short_help="Fit a case and write its brief, one HTML file.")
def brief(
    case: CaseArg = CASE,
    as_of: AsOf = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Add, apart and labelled, what happened next.")] = False,
    events: Events = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where CASE/brief.html is written.")] = Path("out"),
    days: Days = DAYS,
    draws: Draws = DRAWS,
    episodes: Episodes = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also CASE/brief.pdf, where a Chromium is installed.")] = False,
    md: Annotated[bool, typer.Option("--md", help="Also CASE/brief.md: the sentences and tables as Markdown.")] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="FILE|DATE", help="What changed since an earlier brief: its --json, page or day."
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """The main job: fit a case, and write what moved, what moved it, and what is likely next, as one HTML file."""
    from lynchpin.session.brief import make_brief

    browser = find_browser() if pdf else None  # said before any work is done
    with working("fitting and drawing", quiet or as_json):
        made = make_brief(
            case, events, as_of=as_of, reveal=reveal, days=days, draws=draws, episodes=episodes, since=since
        )
    file = out / made.provenance.case / "brief.html"
    written = [file]
    if not as_json or pdf:
        write(file, made)
    if md:
        from lynchpin.report.page.markdown import render

        write_text(file.with_suffix(".md"), render(made))
        written.append(file.with_suffix(".md"))
    if browser is not None:
        print_pdf(browser, file, file.with_suffix(".pdf"))
        written.append(file.with_suffix(".pdf"))
    show(made, as_json, written=" and ".join(map(str, written)))


@app.command(short_help="Say every mechanism of a case in a sentence.")
def explain(case: CaseArg = CASE, as_json: Json = False) -> None:
    """Say every mechanism of a case in a sentence."""
    from lynchpin.account.cases import is_theory
    from lynchpin.account.theory import SAID

    if is_theory(case):
        from lynchpin.account.cases import read_theory
        from lynchpin.account.cases.find_triads import sentences

        theory = read_theory(case)
        name, roles, rows = theory.name, theory.roles_in_words(), sentences(theory)
    else:
        from lynchpin.session.facade import load_case
        from lynchpin.session.questions import explained

        told = explained(load_case(case))
        name, roles, rows = told["case"], told["roles"], told["mechanisms"]
    if as_json:
        print_json({"case": name, "roles": roles, "mechanisms": rows})
        return
    for role, words in roles.items():
        say(f"{role}: {words}")
    typer.echo()
    for row in rows:
        joint = (
            ""
            if row["says"] == row["sentence"]
            else f"\n  {row['sentence']}\n  {SAID[row['joint_acts']].capitalize()}."
        )
        say(f"{row['name']} ({row['claim'] or 'no claim'}, expected {row['expect']})\n  {row['says']}{joint}\n")


@app.command(short_help="Read a case and say whether it holds together.")
def check(case: CaseArg = CASE, as_json: Json = False) -> None:
    """Read a case and its chronology, or a theory, and say whether they hold together."""
    from lynchpin.account.cases import is_theory, read_theory
    from lynchpin.session.check import check_case, check_theory
    from lynchpin.session.facade import load_case

    report = check_theory(read_theory(case)) if is_theory(case) else check_case(load_case(case))
    if as_json:
        print_json(report)
    else:
        say("\n".join(_aligned(report)))


def _aligned(report: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """A line for each value, the values one below the other; what has parts has them below it."""
    wide = max((len(key) for key in report), default=0)
    for key, value in report.items():
        name = key.replace("_", " ") if not indent else key
        if isinstance(value, Mapping):
            yield f"{indent}{name}"
            yield from _aligned(value, indent + "  ")
        else:
            yield f"{indent}{name:<{wide}}  {value}"


@app.command(short_help="List the cases that come with the package.")
def cases(as_json: Json = False) -> None:
    """List the cases that come with the package: title, span, acts, agreements, and the day of the account."""
    from lynchpin.session.cases import list_cases

    show(list_cases(), as_json)


@app.command(short_help="Write a case to start from.")
def new(
    name: str,
    like: Annotated[str | None, typer.Option("--like", metavar="CASE", help="Copy this case, with its files.")] = None,
    from_feed: Annotated[
        Path | None,
        typer.Option(
            "--from-feed", metavar="STORE", help="Draft one from a store, for the states that --states names."
        ),
    ] = None,
    states: Annotated[
        str, typer.Option(metavar="A,B,C", help="With --from-feed: a patron, its two allies, and any adversaries.")
    ] = "",
    directory: Annotated[Path, typer.Option("--dir", help="Where the new folder goes.")] = Path(),
) -> None:
    """Write a case to start from: a small one, a copy of another, or a draft from what a store holds of some states."""
    from lynchpin.account.cases.builtin import write_new_case
    from lynchpin.account.cases.drafts import write_from_store, write_like
    from lynchpin.errors import BadValue

    if like is not None and from_feed is not None:
        raise BadValue("a case is copied or drafted, not both", "--like, --from-feed", "give one of the two")
    if bool(states) != (from_feed is not None):
        raise BadValue("--states and --from-feed go together", "--states", "give both, as in --states USA,JPN,KOR,PRK")
    if like is not None:
        written = write_like(like, name, directory)
    elif from_feed is not None:
        written = write_from_store(from_feed, states.split(","), name, directory)
    else:
        written = write_new_case(name, directory)
    for file in written:
        typer.echo(f"wrote {file}")
    store = f" --store {from_feed}" if from_feed is not None else ""
    typer.echo(f"next: lynchpin brief {directory / name}{store}")
