"""What is on the table: the cases and stores that are served, and the answers that pages share, each worked out once.

An answer is kept under the hashes of the files that it is made from, so that a file that changes is read again. What a
request names is looked up here: no path ever comes from outside.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from lynchpin.days import optional_day
from lynchpin.defaults import CASE, DAYS, DRAWS, PAIRS, SHIFTS
from lynchpin.errors import BadData, BadValue, UnknownName, suggest
from lynchpin.limits import day as within_limits
from lynchpin.results import Brief, Ledger
from lynchpin.session import brief as steps
from lynchpin.session.agreements import looked_ahead
from lynchpin.session.facade import Case, Fit, load_case
from lynchpin.session.known import Known, read_known
from lynchpin.session.questions import Baseline, baseline, built_in, fit_known
from lynchpin.web.work import Kept, Threads, Work

Answer = TypeVar("Answer")

#: How many of each are kept: fits and futures are large, and so is the record of a day; texts are small.
FITS, RECORDS, ANSWERS, TEXTS = 10, 12, 40, 60
#: How coarse the clock of a file system may be, in nanoseconds.
_TICK = 20_000_000
_NAME = re.compile(r"[a-z][a-z0-9-]{0,60}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is about: a case, a record, and the day on which it stands."""

    case: str
    store: str = ""  # "": the case's own chronology
    as_of: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A case as it was read, and how its files stood then."""

    source: str | Path
    files: tuple[tuple[Path, tuple[int, ...] | None], ...]
    case: Case


@dataclass(eq=False)
class Desk:
    """Cases and stores by the names that requests use, and what was worked out of them.

    cases : name -> what `load_case` takes
    stores : name -> file
    folder : where cases that are saved and files that are uploaded go; made when it is first needed
    first : the case and the store that are shown where none is named
    """

    cases: dict[str, str | Path]
    stores: dict[str, Path]
    folder: Path
    first: Asked
    track: Path | None = None  # the track record that is shown
    fits: Kept = field(default_factory=lambda: Kept(FITS))
    records: Kept = field(default_factory=lambda: Kept(RECORDS))  # what was known on a day, and its state of play
    answers: Kept = field(default_factory=lambda: Kept(ANSWERS))
    texts: Kept = field(default_factory=lambda: Kept(TEXTS))
    work: Work = field(default_factory=Work)
    quick: Threads = field(default_factory=lambda: Threads(4, 128))  # lists, pages, and what is there already
    slow: Threads = field(default_factory=lambda: Threads(2, 64))  # fits, ledgers, futures: one for each core
    writing: threading.Lock = field(default_factory=threading.Lock)
    _digests: dict[Path, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    _read: dict[str, _Read] = field(default_factory=dict)

    # -- What a request names.

    def asked(self, case: str | None, store: str | None, as_of: str | None) -> Asked:
        """What a request is about.

        Raises
        ------
        UnknownName : a case or a store that is not on the table
        BadValue : a day that cannot be read, or is out of reach
        """
        name = case or self.first.case
        if name not in self.cases:
            raise UnknownName(f"no case {name[:80]!r} is served here", "case", suggest(name, self.cases, noun="case"))
        own = self.first.store if name == self.first.case else ""
        used = own if store is None else store
        if used and used not in self.stores:
            mend = suggest(used, self.stores, noun="store")
            raise UnknownName(f"no store {used[:80]!r} is served here", "store", mend)
        day = optional_day(as_of or None, name="as_of")
        if day is not None:
            within_limits("as_of", day, where="as_of")
        return Asked(name, used, day)

    def store(self, asked: Asked) -> Path | None:
        """The file of the record that is asked of; None for the case's own chronology."""
        return self.stores[asked.store] if asked.store else None

    def case(self, asked: Asked) -> Case:
        """The case that is asked of, as its file stands now."""
        source = self.cases[asked.case]
        kept = self._read.get(asked.case)
        if kept is not None and kept.source == source and all(_marks(file) == then for file, then in kept.files):
            return kept.case
        began = time.time_ns() - _TICK
        read = load_case(source)
        case = self.fits.get(("case", source, self._files(read)), lambda: read)
        files = tuple((file, _marks(file)) for file in _files_of(case))
        # what changed while it was read may be in it or not: then it is read anew the next time too
        if all(then is not None and then[-1] < began for _, then in files):
            self._read[asked.case] = _Read(source, files, case)
        return case

    def stamp(self, asked: Asked) -> tuple[Any, ...]:
        """All that an answer is made from: the hashes of the files, and the day."""
        store = self.store(asked)
        return (self._files(self.case(asked)), store and (store, self._digest(store)), asked.as_of)

    def _files(self, case: Case) -> tuple[Any, ...]:
        return (case.path, case.hash, *(self._digest(file) for file in _files_of(case)[1:]))

    def _digest(self, file: Path) -> str:
        """The sha256 of a file, read again only where its size, its times or itself have changed."""
        try:
            now = _marks(file)
            known = self._digests.get(file)
            if now is None or known is None or known[0] != now:
                with file.open("rb") as stream:
                    known = (now or (), _sha256(stream))
                self._digests[file] = known
        except OSError as error:
            raise BadData(f"a file cannot be read: {error.strerror}", file.name, "put it back") from None
        return known[1]

    # -- What pages share. All of it is worked out in the thread that asks.

    def known(self, asked: Asked) -> Known:
        """The case and its record on the day."""
        make = lambda: read_known(self.case(asked), self.store(asked), as_of=asked.as_of)  # noqa: E731
        return self._kept(self.records, "known", asked, make)

    def fit(self, asked: Asked) -> Fit:
        """The fit to what was known."""
        return self._kept(self.fits, "fit", asked, lambda: fit_known(self.known(asked)))

    def state(self, asked: Asked) -> Brief:
        """The state of play: a brief that holds nothing that needs a fit."""
        return self._kept(self.records, "state", asked, lambda: steps.state_of_play(self.known(asked)))

    def ledger(self, asked: Asked, shifts: int = SHIFTS, seed: int | None = None) -> Ledger:
        """The claims ledger."""
        make = lambda: self.fit(asked).claims(shifts=shifts, seed=seed, workers=2)  # noqa: E731
        return self._kept(self.answers, ("ledger", shifts, seed), asked, make)

    def claims(self, asked: Asked) -> Brief:
        """The brief as far as its claims."""
        return steps.with_claims(self.state(asked), self.fit(asked), self.ledger(asked))

    def ahead(self, asked: Asked, days: int = DAYS, draws: int = DRAWS) -> Any:
        """What is foreseen, as the steps of a brief take it."""
        make = lambda: steps.foresee(self.fit(asked), days=days, draws=draws)  # noqa: E731
        return self._kept(self.fits, ("ahead", days, draws), asked, make)

    def outlook(self, asked: Asked) -> Brief:
        """The brief as far as its outlook, without its claims."""
        make = lambda: steps.with_outlook(self.state(asked), self.fit(asked), self.ahead(asked))  # noqa: E731
        return self._kept(self.answers, "outlook", asked, make)

    def lives(self, asked: Asked) -> Brief:
        """The state of play with what may become of its agreements."""
        make = lambda: replace(self.state(asked), agreements=looked_ahead(self.known(asked)))  # noqa: E731
        return self._kept(self.answers, "lives", asked, make)

    def whole(self, asked: Asked) -> Brief:
        """The whole brief."""
        return replace(
            steps.with_claims(self.outlook(asked), self.fit(asked), self.ledger(asked)),
            agreements=self.lives(asked).agreements,
        )

    def revealed(self, asked: Asked) -> Brief:
        """The whole brief, with what came next."""
        make = lambda: steps.with_reveal(  # noqa: E731
            self.whole(asked), self.fit(asked), self.ahead(asked), self.store(asked)
        )
        return self._kept(self.answers, "revealed", asked, make)

    def begin(self, asked: Asked) -> None:
        """Start what the later parts of a brief rest on, once, for whoever is about to ask for them.

        Agreements need no fit, so they are worked out beside it and its ledger, and the outlook after them: two
        threads, of which neither waits for the other for long.
        """

        def start() -> bool:
            self.slow.begin(lambda: (self.lives(asked), self.outlook(asked)))
            self.slow.begin(lambda: self.ledger(asked))
            return True

        self._kept(self.answers, "begun", asked, start)

    def baseline(self, asked: Asked, days: int = DAYS, draws: int = PAIRS, seed: int | None = None) -> Baseline:
        """The futures without a scenario, kept for the next one that is asked about."""
        make = lambda: baseline(self.fit(asked), days=days, draws=draws, seed=seed, workers=2)  # noqa: E731
        return self._kept(self.fits, ("baseline", days, draws, seed), asked, make)

    def text(self, what: object, asked: Asked, make: Callable[[], str]) -> str:
        """A part of a page, rendered once."""
        return self._kept(self.texts, what, asked, make)

    def answer(self, what: object, asked: Asked, make: Callable[[], Answer]) -> Answer:
        """Any other answer, kept among the rest."""
        return self._kept(self.answers, what, asked, make)

    def has_text(self, what: object, asked: Asked) -> bool:
        return self.texts.has((what, self.stamp(asked)))

    def _kept(self, where: Kept, what: object, asked: Asked, make: Callable[[], Answer]) -> Answer:
        return where.get((what, self.stamp(asked)), make)

    # -- What is added to the table.

    def new_folder(self, kind: str, name: str) -> Path:
        """A place below the folder for a new case or store, checked and not yet made.

        Raises
        ------
        BadValue : the name is none that it may have, or is taken
        """
        if not may_be_named(name):
            mend = "use small letters, digits and hyphens, as in my-case; begin with a letter"
            raise BadValue(f"{name[:80]!r} is no name", "name", mend)
        if name in (self.cases if kind == "cases" else self.stores):
            raise BadValue(f"{name!r} is there already", "name", "choose another name")
        return self.folder / kind / name

    @property
    def built_in(self) -> frozenset[str]:
        """The cases that come with the package, which nobody writes to."""
        return frozenset(name for name, source in built_in().items() if self.cases.get(name) == source)

    def close(self) -> None:
        for threads in (self.quick, self.slow):
            threads.close()
        self.work.close()


def lay(cases: Sequence[str], stores: Sequence[Path], folder: Path, track: Path | None = None) -> Desk:
    """A desk with the cases that come with the package, those named, and those saved in the folder before.

    Raises
    ------
    LynchpinError : a case that is named cannot be read
    """
    named = {_free(load_case(case).name, case): case for case in cases}
    served: dict[str, str | Path] = {**built_in(), **named}
    kept = {path.stem: path for path in stores}
    for found in sorted(folder.glob("cases/*/case.toml")):
        served.setdefault(found.parent.name, found)
    for found in sorted(folder.glob("stores/*.duckdb")):
        kept.setdefault(found.stem, found)
    first = Asked(next(iter(named), CASE), next(iter(kept)) if stores else "")
    return Desk(served, kept, folder, first, track)


def may_be_named(name: str) -> bool:
    """Whether a case or a store may have a name, which is a folder's or a file's too.

    Examples
    --------
    >>> may_be_named("my-case"), may_be_named(".."), may_be_named("a" * 100)
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None


def _files_of(case: Case) -> tuple[Path, ...]:
    """The file of a case, and those that it names."""
    named = (case.path, case.events_file, case.agreements_file, case.stages_file)
    return tuple(file for file in named if file is not None)


def _marks(file: Path) -> tuple[int, ...] | None:
    """What changes when a file does, its last change at the end; None where it cannot be looked at."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _free(name: str, case: str) -> str:
    """The name that a case is served under: its own; where a built-in one has that and it is another, with a mark."""
    return f"{name}-own" if name in built_in() and case != name else name


def _sha256(stream: Any) -> str:
    digest = sha256()
    for part in iter(lambda: stream.read(1 << 20), b""):
        digest.update(part)
    return digest.hexdigest()


def of_query(query: Mapping[str, str]) -> tuple[str | None, str | None, str | None]:
    """Case, store and day as a query names them."""
    return query.get("case") or None, query.get("store"), query.get("as_of") or None
