"""Data: records that are uploaded, what was refused and why, names assigned by hand, and feeds with citations."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lynchpin.errors import BadValue, UnknownName, suggest
from lynchpin.session.questions import feeds, vocabulary
from lynchpin.session.stores import look, reasons, with_names
from lynchpin.web import intake
from lynchpin.web.desk import Asked, Desk, may_be_named
from lynchpin.web.routes import field, form_of, on
from lynchpin.web.shown import address, asked_of, desk_of, fill, show
from lynchpin.web.work import Job, Tell


def _data(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    return show(request, "data.html", asked, feeds=feeds(), stores=sorted(desk.stores), jobs=_jobs(desk))


def _jobs(desk: Desk) -> list[Job]:
    return [job for job in desk.work.jobs.values() if isinstance(job.key, tuple) and job.key[0] == "intake"]


def _store(request: Request) -> Response:
    """One store: what it holds, what was refused, and names without a state."""
    asked, desk, name = asked_of(request), desk_of(request), request.path_params["store"]
    jobs = [job for job in _jobs(desk) if job.key[1] == name]  # type: ignore[index]
    if name not in desk.stores and not jobs:
        raise UnknownName(f"no store {name[:80]!r} is served here", "store", suggest(name, desk.stores, noun="store"))
    working = next((job for job in jobs if job.state in ("waiting", "running")), None)
    failed_job = next((job for job in reversed(jobs) if job.state == "failed"), None) if working is None else None
    latest = jobs[-1] if jobs else None
    then = address(desk, f"/data/{name}", asked)
    seen = (
        desk.answer(("look", name, desk.stamp(Asked(asked.case, name))), asked, lambda: look(desk.stores[name]))
        if name in desk.stores
        else None
    )
    return show(
        request,
        "store.html",
        asked,
        name=name,
        seen=seen,
        reasons=reasons(),
        sectors=vocabulary()["sectors"],
        job=None if working is None else fill("job.html", job=working, then=then),
        error=failed_job.answer.exception() if failed_job is not None and failed_job is latest else None,
        report=latest.answer.result() if latest is not None and latest.state == "done" else None,
        own=_is_own(desk, name),
        assigned=_assigned(desk, name),
        at=address(desk, "/", Asked(asked.case, name)),
    )


def _is_own(desk: Desk, name: str) -> bool:
    """Whether a store is made of uploads, so that it can be added to; what is no name of a store is none of ours."""
    return may_be_named(name) and (desk.folder / "uploads" / name).is_dir()


def _assigned(desk: Desk, name: str) -> str:
    file = desk.folder / "uploads" / name / "actors.csv"
    return file.read_text(encoding="utf-8") if _is_own(desk, name) and file.is_file() else ""


def _upload(request: Request) -> Response:
    asked, desk = asked_of(request), desk_of(request)
    name, source = (
        field(request, "store", 80).strip(),
        intake.check_source(field(request, "source", 40) or "auto", {one["name"] for one in feeds()}),
    )
    given = form_of(request).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        raise BadValue("no file was chosen", "file", "choose a CSV or a feed file")
    if not _is_own(desk, name):
        desk.new_folder("stores", name)  # a name that can be, and is free
    with desk.writing:
        kept = intake.keep(given.file, given.filename, desk.folder / "uploads" / name / source)
    _read(desk, name, kept)
    return RedirectResponse(address(desk, f"/data/{name}", asked), 303)


def _read(desk: Desk, name: str, new: Any = None) -> None:
    """Queue the reading of a store's files; a file that cannot be read is taken away again."""

    def work(tell: Tell) -> list[dict[str, Any]]:
        try:
            reports = intake.read_all(desk.folder, name, tell)
        except BaseException:
            if new is not None:
                new.unlink(missing_ok=True)
                _tidy(new.parent)
            raise
        desk.stores[name] = desk.folder / "stores" / f"{name}.duckdb"
        return reports

    desk.work.start(f"Reading {name}", ("intake", name, object()), work)


def _tidy(home: Any) -> None:
    """Take away folders that hold nothing, so that a name whose first file failed is free again."""
    for folder in (home, home.parent):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _names(request: Request) -> Response:
    """Keep the names that were assigned, and read the files again with them."""
    asked, desk, name = asked_of(request), desk_of(request), request.path_params["store"]
    if not _is_own(desk, name):
        raise BadValue("this store was not made here", "store", "give `lynchpin ingest --actors FILE` a table of names")
    form = form_of(request)
    rows = zip(form.getlist("name"), form.getlist("state"), form.getlist("sector"), strict=False)
    given = {
        str(one): (str(state), str(sector)) for one, state, sector in rows if str(state).strip() or str(sector).strip()
    }
    if not given:
        raise BadValue("no name was given a state", "names", "write a state beside one")
    with desk.writing:
        intake.write_whole(desk.folder / "uploads" / name / "actors.csv", with_names(_assigned(desk, name), given))
    _read(desk, name)
    return RedirectResponse(address(desk, f"/data/{name}", asked), 303)


def _actors(request: Request) -> Response:
    desk, name = desk_of(request), request.path_params["store"]
    text = _assigned(desk, name) if name in desk.stores else ""
    if not text:
        raise UnknownName("no name was assigned by hand", name[:80], "assign one on the page of the store")
    return Response(
        text, media_type="text/csv; charset=utf-8", headers={"content-disposition": 'attachment; filename="actors.csv"'}
    )


ROUTES = [
    on("/data", _data),
    on("/data/upload", _upload, post=True),
    on("/data/{store}", _store),
    on("/data/{store}/actors.csv", _actors),
    on("/data/{store}/names", _names, post=True),
]
