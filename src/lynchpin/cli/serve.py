"""The page: `lynchpin serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lynchpin.cli._app import app
from lynchpin.defaults import CASE, HOST, PORT
from lynchpin.errors import MissingExtra


@app.command(short_help="Open the page: see it, move it, ask it.")
def serve(
    case: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CASE]...", help=f"Built-in cases, or case.toml files; {CASE} by default, shown first."
        ),
    ] = None,
    events: Annotated[
        list[Path] | None,
        typer.Option(
            "--events", "--store", metavar="STORE", help="A store beside the cases' own chronologies; repeats."
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="Where to listen; 0 takes a free port.")] = PORT,
    host: Annotated[str, typer.Option(help="Another address than this machine's own; needs --token.")] = HOST,
    token: Annotated[
        str, typer.Option(envvar="LYNCHPIN_TOKEN", help="What everyone who asks must know, 8 signs or more.")
    ] = "",
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="A further host name of this server; repeats.")
    ] = None,
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where saved cases and uploaded records go.")
    ] = Path("lynchpin-desk"),
    track: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A track record to show: see `lynchpin track`.")
    ] = None,
) -> None:
    """Serve the page and its JSON on this machine, until stopped with Ctrl-C. Nothing is sent anywhere."""
    try:
        from lynchpin.web.serve import serve as run
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in (
            "starlette",
            "uvicorn",
            "multipart",
            "python_multipart",
            "anyio",
        ):
            raise
        raise MissingExtra("the page needs a server", "serve", "pip install 'lynchpin[web]'") from None
    run(
        case or [], events or [], host=host, port=port, token=token, names=name or [], folder=folder, track=track,
        say=lambda address: typer.echo(f"serving {address}"),
    )  # fmt: skip
