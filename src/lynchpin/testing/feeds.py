"""Ten made-up lines of each machine-coded feed, as tests and examples of a reader need them.

No line is real. Each sample holds ten good rows of ten keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_PAIRS = [("JPN", "KOR"), ("USA", "JPN"), ("PRK", "KOR"), ("CHN", "USA"), ("KOR", "PRK")] * 2
_NAMES = {"JPN": "Japan", "KOR": "South Korea", "USA": "United States", "PRK": "North Korea", "CHN": "China"}
_CODES = [("040", "Consult", 1.0), ("057", "Sign formal agreement", 8.0), ("112", "Accuse", -2.0)] * 4
_TYPES = ["CONSULT", "AGREE", "ACCUSE", "MOBILIZE", "AID"] * 2


@dataclass(frozen=True, slots=True)
class SampleFeed:
    """One made-up file.

    Attributes
    ----------
    name : str, file name
    header : int, lines at the top that are no rows
    text : str
    beside : dict, file name -> text of files that are read beside it
    folder : str, name of the folder it must stand in, or ""
    """

    name: str
    header: int
    text: str
    beside: dict[str, str] = field(default_factory=dict)
    folder: str = ""

    def write(self, folder: Path, data: bytes | None = None) -> Path:
        """Write the file, or other bytes in its place, with what stands beside it; its path is given back."""
        home = folder / self.folder
        home.mkdir(parents=True, exist_ok=True)
        for name, text in self.beside.items():
            (home / name).write_text(text, encoding="utf-8")
        (home / self.name).write_bytes(self.text.encode("utf-8") if data is None else data)
        return home / self.name


def samples() -> dict[str, SampleFeed]:
    """A sample for each source that has one, by the name of the source."""
    return {name: make() for name, make in _MAKERS.items()}


def _lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def _rows(separator: str, make: Callable[[int, str, str], list[str]]) -> list[str]:
    return [separator.join(make(n, *pair)) for n, pair in enumerate(_PAIRS)]


def _polecat() -> SampleFeed:
    from lynchpin.record.sources.polecat import COLUMNS

    def row(n: int, a: str, b: str) -> list[str]:
        cells = dict.fromkeys(COLUMNS, "None")
        said = {"Event ID": f"p{n}", "Event Date": f"2023-08-{n + 1:02}", "Event Type": _TYPES[n], "Intensity": "2.5"}
        cells |= said | {"Actor Name": _NAMES[a], "Actor Country": a, "Primary Actor Sector": "GOV"}
        cells |= {"Recipient Name": _NAMES[b], "Recipient Country": b, "Contexts": "military;diplomatic"}
        return list(cells.values())

    return SampleFeed("ngecEvents.DV.2023.txt", 1, _lines("\t".join(COLUMNS), *_rows("\t", row)))


def _phoenix() -> SampleFeed:
    def row(n: int, a: str, b: str) -> list[str]:
        code, _, score = _CODES[n]
        day = ["2014", "08", f"{n + 1:02}"]
        who = [f"{a}GOV", a, "GOV", "", f"{b}MIL", b, "MIL", ""]
        place = ["37.5", "127.0", "Seoul", "Seoul", "KOR"]
        end = [f"{n}_1", "https://example.org/a;https://example.org/b", "wire"]
        return [f"{n}_2", "".join(day), *day, *who, code, code[:2], "1", str(score), "", *place, *end]

    return SampleFeed("events.full.20140801.txt", 0, _lines(*_rows("\t", row)))


def _cline() -> SampleFeed:
    from lynchpin.record.sources.phoenix import CLINE_COLUMNS

    def row(n: int, a: str, b: str) -> list[str]:
        code, _, score = _CODES[n]
        who = [f"{a}GOV", a, "GOV", "", f"{b}MIL", b, "MIL", ""]
        end = [code, code[:2], "1", str(score), "", "1.0", "2.0", '"Seoul, city"', "", b, f"a{n}", "p"]
        return [f"c{n}", f"1994-06-{n + 1:02}", "1994", "6", str(n + 1), *who, *end]

    return SampleFeed("PhoenixNYT.csv", 1, _lines(",".join(CLINE_COLUMNS), *_rows(",", row)))


def _terrier() -> SampleFeed:
    from lynchpin.record.sources.phoenix import TERRIER_COLUMNS

    def row(n: int, a: str, b: str) -> list[str]:
        code, _, score = _CODES[n]
        cells = dict.fromkeys(TERRIER_COLUMNS, "")
        cells |= {
            "event_id": f"t{n}",
            "date8": f"201206{n + 1:02}",
            "year": "2012",
            "month": "06",
            "day": f"{n + 1:02}",
        }
        cells |= {"source": f"{a}GOV", "src_actor": a, "src_agent": "GOV", "target": f"{b}OPP", "tgt_actor": b}
        cells |= {"tgt_agent": "OPP", "code": code, "root_code": code[:2], "goldstein": str(score)}
        return list(cells.values())

    return SampleFeed("terrier.csv", 1, _lines(",".join(TERRIER_COLUMNS), *_rows(",", row)))


def _triples() -> SampleFeed:
    rows = [
        f"Military ({_NAMES[a]})\t{_CODES[n][1]}\t{_NAMES[b]}\t2018-01-{n + 1:02}" for n, (a, b) in enumerate(_PAIRS)
    ]
    return SampleFeed("events.tsv", 0, _lines(*rows))


def _tkg() -> SampleFeed:
    codes = list(_NAMES)
    names = _lines(*(f"{name.replace(' ', '_')}\t{n}" for n, name in enumerate(_NAMES.values())))
    labels = dict.fromkeys(label.replace(" ", "_") for _, label, _ in _CODES)
    relations = _lines(*(f"{label}\t{n}" for n, label in enumerate(labels)))
    rows = [f"{codes.index(a)}\t{n % 3}\t{codes.index(b)}\t{24 * n}\t-1" for n, (a, b) in enumerate(_PAIRS)]
    return SampleFeed(
        "train.txt", 0, _lines(*rows), {"entity2id.txt": names, "relation2id.txt": relations}, folder="icews14_tkg"
    )


def _plover_json() -> SampleFeed:
    rows = [
        {
            "id": f"j{n}",
            "date": f"2015-03-{n + 1:02}",
            "event": _TYPES[n],
            "mode": "",
            "context": "military",
            "source": [{"actorText": _NAMES[a], "code": a, "sector": "GOV"}],
            "target": [{"actorText": _NAMES[b], "code": b}],
            "text": "Somebody did something.",
        }
        for n, (a, b) in enumerate(_PAIRS)
    ]
    return SampleFeed("events.jsonl", 0, _lines(*(json.dumps(row) for row in rows)))


def _mapped() -> SampleFeed:
    mapping = (
        'name = "mine"\ndate_format = "%d.%m.%Y"\ncode_scheme = "plover"\nactors = "iso3"\n\n'
        '[columns]\nevent_id = "no"\ndate = "when"\nsource = "who"\ntarget = "whom"\ncode = "act"\n\n'
        '[fixed]\nsource_sector = "GOV"\n'
    )
    rows = [f'm{n},{n + 1:02}.05.2020,{a},{b},{_TYPES[n]},"a, b"' for n, (a, b) in enumerate(_PAIRS)]
    return SampleFeed("mine.csv", 1, _lines("no,when,who,whom,act,note", *rows), {"mine.toml": mapping})


def _acled() -> SampleFeed:
    from lynchpin.record.sources.conflict import ACLED_COLUMNS

    def row(n: int, a: str, b: str) -> list[str]:
        cells = dict.fromkeys(ACLED_COLUMNS, "")
        cells |= {"event_id_cnty": f"JPN{n}", "event_date": f"{n + 1} January 2021", "time_precision": "1"}
        cells |= {"event_type": "Explosions/Remote violence", "sub_event_type": "Shelling/artillery/missile attack"}
        cells |= {"actor1": f"Military Forces of {_NAMES[a]} (2006-)", "inter1": "1"}
        cells |= {"actor2": f"Military Forces of {_NAMES[b]} (1999-2030) Coast Guard", "inter2": "8"}
        cells |= {"notes": '"A shot, and another."', "fatalities": "0", "timestamp": "1611187200"}  # 21 January 2021
        return list(cells.values())

    return SampleFeed("2021-01-01-2021-01-31.csv", 1, _lines(",".join(ACLED_COLUMNS), *_rows(",", row)))


def _ucdp() -> SampleFeed:
    from lynchpin.record.sources.conflict import UCDP_COLUMNS

    numbers = {"JPN": "740", "KOR": "732", "USA": "2", "PRK": "731", "CHN": "710"}

    def row(n: int, a: str, b: str) -> list[str]:
        cells = dict.fromkeys(UCDP_COLUMNS, "")
        day = f"2010-11-{n + 1:02} 00:00:00.000"
        cells |= {"id": str(n), "year": "2010", "type_of_violence": "3", "conflict_name": f"{_NAMES[a]}-{_NAMES[b]}"}
        cells |= {"side_a": f"Government of {_NAMES[a]}", "side_b": f"Government of {_NAMES[b]}"}
        cells |= {"gwnoa": numbers[a], "gwnob": numbers[b], "date_start": day, "date_end": day, "date_prec": "1"}
        cells |= {"source_article": '"""A paper"", 2010-11-24"', "best": "4"}
        return list(cells.values())

    return SampleFeed("GEDEvent_v25_1.csv", 1, _lines(",".join(UCDP_COLUMNS), *_rows(",", row)))


_MAKERS = {
    "acled": _acled,
    "cline": _cline,
    "mapped": _mapped,
    "phoenix": _phoenix,
    "plover_json": _plover_json,
    "polecat": _polecat,
    "terrier": _terrier,
    "tkg": _tkg,
    "triples": _triples,
    "ucdp": _ucdp,
}


# -- Made-up lines of GDELT, for tests and documentation.

_EVENT = {
    "GLOBALEVENTID": "881990832",
    "SQLDATE": "20191024",
    "Actor1Code": "KORGOV",
    "Actor1Name": "SEOUL",
    "Actor1CountryCode": "KOR",
    "Actor1Type1Code": "GOV",
    "Actor2Code": "JPN",
    "Actor2Name": "JAPAN",
    "Actor2CountryCode": "JPN",
    "EventCode": "0314",
    "QuadClass": "1",
    "GoldsteinScale": "5.2",
    "SOURCEURL": "https://e.org/a",
}
_MENTION = {
    "GLOBALEVENTID": "881990832",
    "EventTimeDate": "20160701210000",
    "MentionTimeDate": "20170701234500",
    "MentionType": "1",
    "MentionSourceName": "paper.org",
    "MentionIdentifier": "https://e.org/a",
    "SentenceID": "4",
    "Confidence": "20",
}


def event_line(width: int = 61, **changes: str) -> str:
    """One line of the event table: 61 columns as in 2.0, 58 or 57 as in 1.0."""
    from lynchpin.record.sources import get

    columns = get("gdelt" if width == 61 else "gdelt-v1").columns[:width]
    added = "20191024143000" if width == 61 else "20191024"
    row = {**_EVENT, "DATEADDED": added, **changes}
    return "\t".join(row.get(name, "") for name in columns)


def mention_line(**changes: str) -> str:
    """One line of the mentions table."""
    from lynchpin.record.sources import get

    row = {**_MENTION, **changes}
    return "\t".join(row.get(name, "") for name in get("gdelt-mentions").columns)


REDUCED_LINE = "\x01".join(["1979", "RUSGOV", "KOR", "0841", "084", "08", "7.0", "3"])
MENTION_LINE = mention_line()


# -- Small temporal-knowledge-graph benchmarks: the same folder for the same seed.

#: States and kinds that names are made of.
_STATES = ("Japan", "South Korea", "China", "Kenya")
_KINDS = ("Police", "Citizen")


def write_benchmark(folder: Path, *, days: int = 30, facts_a_day: int = 12, seed: int = 1) -> Path:
    """Write train.txt, valid.txt, test.txt and the two lists of names.

    Parameters
    ----------
    folder : Path, made where it is missing
    days : int, >= 10; train has all but the last six of them, valid and test three each
    facts_a_day : int, drawn so that what happened tends to happen again
    seed : int
    """
    rng = np.random.default_rng(seed)
    actors = [*_STATES, *(f"{kind}_({state.replace(' ', '_')})" for kind in _KINDS for state in _STATES)]
    relations = ["Consult", "Criticize_or_denounce", "Make_a_visit"]
    favoured = rng.integers(len(actors), size=(len(actors), len(relations)))
    rows: list[set[tuple[int, int, int]]] = []
    for _ in range(days):
        today: set[tuple[int, int, int]] = set()
        while len(today) < facts_a_day:
            s, r = int(rng.integers(len(actors))), int(rng.integers(len(relations)))
            o = int(favoured[s, r]) if rng.random() < 0.7 else int(rng.integers(len(actors)))
            if o != s:
                today.add((s, r, o))
        rows.append(today)
    folder.mkdir(parents=True, exist_ok=True)
    for split, (a, b) in {"train": (0, days - 6), "valid": (days - 6, days - 3), "test": (days - 3, days)}.items():
        lines = [f"{s}\t{r}\t{o}\t{24 * day}\t-1" for day in range(a, b) for s, r, o in sorted(rows[day])]
        (folder / f"{split}.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    for name, listed in (("entity2id", actors), ("relation2id", relations)):
        text = "".join(f"{each}\t{k}\n" for k, each in enumerate(listed))
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
