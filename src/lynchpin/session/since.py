"""What changed since an earlier brief: new acts, moved grades, moved chances, and what moved them.

The earlier brief is a file that `lynchpin brief` wrote (its `--json`, or the page, which holds the same in short), or
is made anew for an earlier day. What is compared is what `--json` tells, so that both ways give the same answer. Acts
are known by feed and id, and by a digest of their content; only acts that this brief rests on are told, so nothing of
its own day or later can come in.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from lynchpin.days import parse_day
from lynchpin.errors import BadData, BadValue, LynchpinError
from lynchpin.files import read_whole
from lynchpin.record.store.hashing import content_text
from lynchpin.report.contract import answer, dump
from lynchpin.results import Brief
from lynchpin.results.since import LEAST_MOVE, MovedChance, MovedGrade, NewEvent, Since

#: A brief is larger than this only by mistake.
_LARGEST = 200_000_000

#: Horizons that differ by no more are the same number of months.
_SAME_DAYS = 8

_YEAR = 365
_IN_PAGE = re.compile(rb'<script type="application/json" id="lynchpin-record">(.*?)</script>', re.DOTALL)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Told = Mapping[str, Any]  # what `lynchpin brief --json` prints


def fingerprints(events: pl.DataFrame) -> dict[str, str]:
    """Every act by feed and id, with a digest of its content: what a later brief needs to tell which are new.

    Parameters
    ----------
    events : DataFrame with the columns of `lynchpin.events.SCHEMA`; `file` and `row` are no content

    Examples
    --------
    >>> from lynchpin.events import empty_events
    >>> fingerprints(empty_events())
    {}
    """
    told = events.select("dataset", "event_id", text=content_text())
    return {
        f"{dataset}/{event_id}": sha256((text or "").encode()).hexdigest()[:12]
        for dataset, event_id, text in told.iter_rows()
    }


def is_day(since: str) -> bool:
    """Whether an earlier brief is asked for by its day."""
    return _DAY.fullmatch(since.strip()) is not None


def earlier_day(since: str, origin: date) -> date:
    """The day of an earlier brief.

    Raises
    ------
    BadValue : it is no day, or is not before the day of this brief
    """
    day = parse_day(since.strip(), name="--since")
    if day >= origin:
        raise BadValue(f"{day} is not before the day of this brief, {origin}", "--since", "give an earlier day")
    return day


def read_brief(path: str | Path) -> Told:
    """An earlier brief out of a file: the output of `lynchpin brief --json`, or the page.

    Raises
    ------
    BadData : there is no such file, or it holds no brief
    """
    content = read_whole(path, "earlier brief", _LARGEST)
    page = _IN_PAGE.search(content)
    mend = "give what `lynchpin brief --json` printed, or the page that `lynchpin brief` wrote"
    try:
        told = json.loads(page.group(1) if page else content)
    except (ValueError, RecursionError):
        raise BadData("the earlier brief is neither JSON nor a page of this program", str(path), mend) from None
    lacking = [key for key in _KEYS if not isinstance(told, dict) or not isinstance(told.get(key), _KEYS[key])]
    if lacking:
        raise BadData(f"the earlier brief lacks {', '.join(lacking)}", str(path), mend)
    return dict(told)


_KEYS = {"case": str, "origin": str, "last_event_date": str, "events_used": int, "claims": list, "totals": list,
         "agreements": list, "horizon_days": int, "data_hash": str, "case_hash": str, "version": str}  # fmt: skip


def since(brief: Brief, earlier: Told, name: str) -> Since:
    """What changed from an earlier brief to this one.

    Parameters
    ----------
    brief : Brief, whole; what it reveals is not looked at
    earlier : what `lynchpin brief --json` told then
    name : of the earlier brief: a file or a day

    Returns
    -------
    Since

    Raises
    ------
    BadValue : the earlier brief is of another case, or of a later day
    BadData : it holds what no brief does
    """
    made_from = brief.provenance
    if earlier["case"] != made_from.case:
        raise BadValue(
            f"the earlier brief is of the case {earlier['case'][:80]!r}, and this one of {made_from.case!r}",
            "--since",
            "compare briefs of one case",
        )
    try:
        origin = parse_day(earlier["origin"], name="origin")
        if origin > made_from.origin:
            raise BadValue(
                f"the earlier brief is of {origin}, after the day of this one, {made_from.origin}",
                "--since",
                "what it knows is not known yet: make this brief for a later day, or give an earlier one",
            )
        now = json.loads(dump(answer(brief)))
        return _compared(brief, earlier, now, origin, name)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, LynchpinError):
            raise
        what = f"the earlier brief cannot be read: {type(error).__name__} at {str(error)[:80]}"
        raise BadData(what, name, "give what `lynchpin brief --json` printed") from None


def _compared(brief: Brief, earlier: Told, now: Told, origin: date, name: str) -> Since:
    new, gone, rewritten = _events(brief, earlier, origin)
    grades, chances = tuple(_grades(earlier, now)), tuple(_chances(earlier, now, new))
    return Since(
        earlier=name,
        origin_before=origin,
        origin=brief.provenance.origin,
        last_event_before=parse_day(earlier["last_event_date"], name="last_event_date"),
        last_event=brief.provenance.last_event_date,
        events_before=earlier["events_used"],
        events=brief.provenance.events_used,
        new_events=new,
        gone=gone,
        rewritten=rewritten,
        grades=grades,
        chances=chances,
        causes=tuple(_causes(earlier, now, new, gone, rewritten, bool(grades or chances))),
    )


def _acts_word(many: int) -> str:
    return "act" if many == 1 else "acts"


# -- Acts.


def _events(brief: Brief, earlier: Told, origin: date) -> tuple[tuple[NewEvent, ...], tuple[str, ...], tuple[str, ...]]:
    """Acts that are new, ids of those that are gone, and of those whose content is another."""
    there, here = earlier.get("record"), brief.record
    new: list[NewEvent] = []
    columns = ("event_id", "date", "known_from", "source", "target", "event_class", "magnitude", "summary", "url")
    for row in brief.events.sort("date", maintain_order=True).select("dataset", *columns).iter_rows(named=True):
        late = row["date"] >= origin or row["known_from"] >= origin
        is_known = f"{row['dataset']}/{row['event_id']}" in there if isinstance(there, Mapping) else not late
        if is_known:
            continue
        because = "happened since" if row["date"] >= origin else "known since" if late else "added to the record"
        given = {key: row[key] for key in columns if key not in ("source", "target", "summary", "url")}
        sides = {"source": tuple(row["source"]), "target": tuple(row["target"])}
        new.append(NewEvent(**given, **sides, summary=row["summary"] or "", url=row["url"] or "", because=because))  # type: ignore[arg-type]
    if not isinstance(there, Mapping):
        return tuple(new), (), ()
    gone = tuple(sorted(key.partition("/")[2] for key in there if key not in here))
    rewritten = tuple(sorted(key.partition("/")[2] for key in there if key in here and there[key] != here[key]))
    return tuple(new), gone, rewritten


# -- Grades.


def _graded(row: Told) -> str:
    """The grade and its side in words, as a ledger has them."""
    if row.get("untestable_because") or row.get("verdict") == "untestable":
        return "untestable"
    if row.get("basis") == "futures":
        return "the model's answer"
    return "none" if row["grade"] == "none" or not row["side"] else f"{row['grade']} {row['side']}"


def _size(row: Told) -> float | None:
    """The estimate in the row's unit."""
    size = row.get("rate_ratio")
    found = row.get("estimate") if size is None else size
    return None if found is None else float(found)


def _grades(earlier: Told, now: Told) -> list[MovedGrade]:
    def by_row(told: Told) -> dict[tuple[str, str], Told]:
        return {(row["id"], row["mechanism"]): row for row in told["claims"]}

    before, after = by_row(earlier), by_row(now)
    found = []
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        words = "" if old is None else _graded(old), "" if new is None else _graded(new)
        if words[0] != words[1]:
            some = new or old or {}
            sizes = None if old is None else _size(old), None if new is None else _size(new)
            found.append(MovedGrade(*key, *words, *sizes, some.get("unit"), _why_grade(old, new)))
    return found


def _why_grade(old: Told | None, new: Told | None) -> str:
    if old is None or new is None:
        return "the case states this row only now" if old is None else "the case does not state this row any more"
    parts = []
    if old["says"] != new["says"]:
        parts.append(f"its definition was {old['says'] or 'none'}")
    for side, key in (("cause", "n_cause_events"), ("target", "n_target_events")):
        if apart := new[key] - old[key]:
            parts.append(f"{abs(apart):,} {'more' if apart > 0 else 'fewer'} {_acts_word(abs(apart))} of its {side}")
    if (was := old.get("half_life_days")) != new.get("half_life_days") and was is not None:
        parts.append(f"its half-life was {was:g} days")
    return ", ".join(parts) or "no act of its own is new: the drift or what stands beside it in the model moved"


# -- Chances.


def _chances(earlier: Told, now: Told, new: tuple[NewEvent, ...]) -> list[MovedChance]:
    found = _lives(earlier, now)
    if abs(earlier["horizon_days"] - now["horizon_days"]) > _SAME_DAYS:
        return found
    before = {(row["source"], row["target"], row["class"]): row for row in earlier["totals"]}
    acts = Counter(
        (source, target, event.event_class)
        for event in new
        for source in event.source
        for target in event.target
        if source != target
    )
    moved = []
    for row in now["totals"]:
        key = (row["source"], row["target"], row["class"])
        old = before.get(key)
        if old is None or abs(row["p_any"] - old["p_any"]) < LEAST_MOVE:
            continue
        own = acts[key]
        why = f"{own:,} new {_acts_word(own)} of its own" if own else "no new act of its own: older ones count for less"
        name = f"{key[0]} -> {key[1]} : {key[2]}"
        moved.append(MovedChance("acts", name, "", old["p_any"], row["p_any"], old["mean"], row["mean"], "", "", why))
    return found + sorted(moved, key=lambda one: -abs((one.now or 0.0) - (one.before or 0.0)))


def _lives(earlier: Told, now: Told) -> list[MovedChance]:
    """Agreements that stand elsewhere, or whose chance to stand so a year on moved."""
    before = {life["id"]: life for life in earlier["agreements"]}
    found = []
    for life in now["agreements"]:
        old = before.get(life["id"])
        goal = [stage.replace(" ", "_") for stage in (life.get("success") or "").split(" or ") if stage]
        was, chance = (None if one is None else _standing_so(one, goal) for one in (old, life))
        stage = "" if old is None else str(old["stage"])
        moved = was is not None and chance is not None and abs(chance - was) >= LEAST_MOVE
        if old is not None and stage == life["stage"] and not moved:
            continue
        acts = _acts(life) - (0 if old is None else _acts(old))
        why = "first known since" if old is None else f"{acts:,} new {_acts_word(acts)} of its own"
        if old is not None and acts <= 0:
            why = "no new act of its own: time passed, or what bears on it moved"
        found.append(
            MovedChance("agreement", life["id"], life["title"], was, chance, None, None, stage, life["stage"], why)
        )
    return found


def _acts(life: Told) -> int:
    """How many acts the history of an agreement holds; a page tells their number alone."""
    return int(life["n_acts"]) if "n_acts" in life else len(life["history"])


def _standing_so(life: Told, goal: list[str]) -> float | None:
    """The chance that an agreement stands at one of some stages a year on; None where none is given."""
    year = [one["probability"] for one in life["forecast"] if one["horizon_days"] == _YEAR and one["stage"] in goal]
    return float(sum(year)) if year else None


# -- What moved it all.


def _causes(
    earlier: Told,
    now: Told,
    new: tuple[NewEvent, ...],
    gone: tuple[str, ...],
    rewritten: tuple[str, ...],
    moved: bool,
) -> list[str]:
    found = []
    if earlier["origin"] != now["origin"]:
        found.append(f"The day is {now['origin']}, and was {earlier['origin']}.")
    of = Counter(event.because for event in new)
    for because in ("happened since", "known since", "added to the record"):
        if of[because]:
            verb = {"happened since": "came", "known since": "became known", "added to the record": ""}[because]
            some = f"{of[because]:,} {_acts_word(of[because])}"
            found.append(
                f"{some} {verb} since then."
                if verb
                else f"{some} of days before {earlier['origin']} {'were' if of[because] > 1 else 'was'} put into the "
                "record, or into the case, since then."
            )
    for ids, did, did_one in (
        (gone, "are not in the record any more", "is not in the record any more"),
        (rewritten, "say something else now", "says something else now"),
    ):
        if ids:
            found.append(
                f"{len(ids):,} {_acts_word(len(ids))} of the earlier brief {did if len(ids) > 1 else did_one}."
            )
    if not isinstance(earlier.get("record"), Mapping):
        found.append(
            "The earlier brief does not say which acts it rests on: acts put in for earlier days are not seen."
        )
    elif earlier["origin"] == now["origin"] and earlier["data_hash"] != now["data_hash"] and not found:
        found.append("The data changed in acts that no pair of the case's states is in, or in none of its classes.")
    if earlier["case_hash"] != now["case_hash"]:
        before = {(row["id"], row["mechanism"]): row["says"] for row in earlier["claims"]}
        after = {(row["id"], row["mechanism"]): row["says"] for row in now["claims"]}
        said = [name or claim for (claim, name), says in after.items() if before.get((claim, name)) != says]
        said += [name or claim for claim, name in before if (claim, name) not in after]
        which = f": {', '.join(said)} changed" if said else ", but none of its mechanisms"
        found.append(f"The case's definitions changed{which}.")
    for key, noun in (("version", "program's version"), ("seed", "seed"), ("view", "view of the record")):
        if key in earlier and earlier[key] != now[key]:
            found.append(f"The {noun} is {now[key]}, and was {earlier[key]}.")
    if abs(earlier["horizon_days"] - now["horizon_days"]) > _SAME_DAYS:
        found.append(
            f"The outlook reaches {now['horizon_days']} days, and reached {earlier['horizon_days']}: its chances are "
            "not compared."
        )
    if moved and not found and earlier.get("draws") != now.get("draws"):
        found.append(f"The outlook rests on {now.get('draws')} paths, and rested on {earlier.get('draws')}.")
    return found
