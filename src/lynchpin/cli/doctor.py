"""What is installed and whether it works; and completion for the shell: `lynchpin doctor`, `lynchpin completion`."""

from __future__ import annotations

from typing import Annotated

import typer

from lynchpin.cli._app import Json, app
from lynchpin.cli._terminal import print_json
from lynchpin.errors import BadData, BadValue

SHELLS = ("bash", "zsh", "fish")


@app.command(short_help="What is installed, and whether it works.")
def doctor(as_json: Json = False) -> None:
    """Versions, extras, a browser, and a small fit whose answer is known; 2 if something needed does not work."""
    from lynchpin.session.doctor import examine

    found = examine()
    if as_json:
        print_json(found)
    else:
        test = found["self_test"]
        lines = [f"lynchpin {found['version']}, Python {found['python']}, {found['platform']}"]
        lines += [f"  {name:<12}{version or 'missing'}" for name, version in found["packages"].items()]
        lines += [
            f"extra {name:<12}{'there' if there else f'not there: pip install lynchpin[{name}]'}"
            for name, there in found["extras"].items()
        ]
        lines.append(f"browser {found['browser'] or 'none found: the page and the brief open in any'}")
        settled = "settled" if test["converged"] else "did not settle"
        lines.append(f"self-test: {test['events']:,} events fitted in {test['seconds']:.1f} s, {settled}")
        typer.echo("\n".join(lines))
    if not found["sound"]:
        raise BadData("something that is needed does not work", "doctor", "install it anew: pip install lynchpin")


@app.command(short_help="Print what makes a shell complete our words.")
def completion(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print a script for the shell: `lynchpin completion bash >> ~/.bashrc`."""
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # it is what typer itself calls

    if shell not in SHELLS:
        raise BadValue(f"no completion for {shell!r}", "SHELL", f"one of: {', '.join(SHELLS)}")
    typer.echo(get_completion_script(prog_name="lynchpin", complete_var="_LYNCHPIN_COMPLETE", shell=shell))
