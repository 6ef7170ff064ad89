"""The inputs of same_bytes.py: small, made up, the same for the same seed; no line is real."""

from __future__ import annotations

import csv
import hashlib
import random
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

ACTORS = tuple("ABCDEFGHIJ")
DAYS = 160

_STATES = {"Japan": "JPN", "South Korea": "KOR", "United States": "USA", "North Korea": "PRK", "China": "CHN"}
_CODES = (
    ("040", "Consult", 1.0),
    ("057", "Sign formal agreement", 8.0),
    ("112", "Accuse", -2.0),
    ("190", "Use conventional military force", -10.0),
)
_ICEWS = (
    "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
    "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher", "City",
    "District", "Province", "Country", "Latitude", "Longitude",
)  # fmt: skip

_CHRONOLOGY = (
    "event_id", "date", "precision", "source", "source_sector", "target", "target_sector", "event_type", "mode",
    "contexts", "magnitude", "agreement", "summary", "source_url", "status",
)  # fmt: skip
_SHARES = {2: 0.14, 731: 0.01, 732: 0.02, 740: 0.04}
_MID = "disno,statea,stateb,strtday,strtmnth,strtyr,endday,endmnth,endyear,hihost"
_TABLES = {
    "atop": "ccode1,ccode2,year,atop_defense,atop_offense,atop_neutral,atop_nonagg,atop_consul\n"
    + "".join(f"2,{ally},{year},1,0,0,0,1\n" for ally in (732, 740) for year in range(1990, 2016))
    + "2,9999,1990,1,0,0,0,0\n",
    "icow": "chal,tgt,begclaim,endclaim,name,icowsal\n"
    "740,732,195204,201799,Rocks,5\n740,9999,195204,201799,Atlantis,\n",
    "nmc": "ccode,year,milex,cinc\n"
    + "".join(f"{state},{year},1,{share}\n" for state, share in _SHARES.items() for year in range(1990, 2013)),
    "mid": f"{_MID}\n1,731,732,23,11,2010,29,11,2010,4\n",
    "tss": "tssr_id,rivalry,ccode1,ccode2,start,end\n1,Koreas,732,731,1948,2020\n2,Sea,740,731,1950,2020\n",
    "contiguity": "ccode1,ccode2,conttype,stdate,enddate\n732,731,1,1948-09-01,2016-12-01\n",
}


def write_inputs(folder: Path, seed: int = 1) -> None:
    """Write every file that a job reads into a new folder."""
    folder.mkdir(parents=True)
    _stream(folder, random.Random(seed))
    _covariates(folder, random.Random(seed + 1))
    _coded(folder, random.Random(seed + 2))
    _published(folder)
    (folder / "tables").mkdir()
    for name, text in _TABLES.items():
        (folder / "tables" / f"{name}.csv").write_text(text, encoding="utf-8")
    _benchmark(folder / "bench", random.Random(seed + 3))
    _own_case(folder, random.Random(seed + 4))
    _faulty(folder)


def _write(file: Path, header: Sequence[str], rows: Iterable[Sequence[object]], separator: str = ",") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        if header:
            writer.writerow(header)
        writer.writerows(rows)


def _stream(folder: Path, draw: random.Random) -> None:
    """Acts that tend to be repeated and answered: by day with ties, at distinct times, and by date."""
    rows: list[tuple[int, str, str, str, float]] = []
    for day in range(DAYS):
        for _ in range(draw.choice((0, 1, 2, 3, 4))):
            sender, receiver = draw.sample(ACTORS, 2)
            if rows and draw.random() < 0.45:
                _, sender, receiver, *_ = draw.choice(rows[-12:])
                if draw.random() < 0.4:
                    sender, receiver = receiver, sender
            kind = "talks" if draw.random() < 0.6 else "threats"
            rows.append((day, sender, receiver, kind, draw.choice((0.5, 1.0, 2.0))))
    header = ("time", "sender", "receiver", "type", "weight")
    _write(folder / "acts.csv", header, rows)
    _write(folder / "plain.csv", header[:3], [row[:3] for row in rows])
    _write(folder / "timed.csv", header, [(row[0] + k / 10_000, *row[1:]) for k, row in enumerate(rows)])
    first = date(2015, 1, 1)
    _write(folder / "dated.csv", header, [(first + timedelta(row[0]), *row[1:]) for row in rows])
    _write(folder / "later.csv", header, [(DAYS + k, *rows[k][1:]) for k in range(12)])
    _write(folder / "pairs.csv", ("sender", "receiver"), sorted({row[1:3] for row in rows}))
    _write(folder / "loops.csv", header[:3], [(1, "A", "A"), (2, "A", "B")])


def _covariates(folder: Path, draw: random.Random) -> None:
    _write(folder / "gdp.csv", ("actor", "value"), [(actor, round(draw.gauss(0, 1), 3)) for actor in ACTORS])
    moving = [(actor, round(draw.gauss(0, 1), 3), time) for time in (0, 50, 100) for actor in ACTORS]
    _write(folder / "mood.csv", ("actor", "value", "time"), moving)
    _write(folder / "bloc.csv", ("actor", "value"), [(actor, k % 3) for k, actor in enumerate(ACTORS)])
    trade = [(a, b, round(draw.random(), 3)) for a in ACTORS for b in ACTORS if a != b]
    _write(folder / "trade.csv", ("sender", "receiver", "value"), trade)
    _write(folder / "presence.csv", ("actor", "from", "to"), [(actor, 0, DAYS + 1) for actor in ACTORS])


def _coded(folder: Path, draw: random.Random) -> None:
    """Two years of ICEWS among five states with some names that no state is found for, and some rows of GDELT."""
    names = list(_STATES)
    rows = []
    for n in range(1500):
        day = date(2014, 1, 1) + timedelta(draw.randrange(730))
        a, b = draw.sample(names, 2)
        code, text, score = draw.choices(_CODES, (6, 2, 3, 1))[0]
        source = "Xanadu Front" if n % 97 == 0 else a
        rows.append((n, day, source, "", a, text, code, score, b, "", b, n, 1, "wire", "", "", "", b, "", ""))
    rows.append((1500, "2014-13-01", "Japan", "", "Japan", "Consult", "040", 1, "China", "", "China", *[""] * 9))
    _write(folder / "icews" / "events.tab", _ICEWS, rows, "\t")
    triples = [(row[2], row[5], row[8], row[1]) for row in rows[:200]]
    _write(folder / "triples" / "events.tsv", (), triples, "\t")
    (folder / "gdelt").mkdir()
    (folder / "gdelt" / "20191024143000.export.CSV").write_text(_gdelt_lines(), encoding="utf-8")
    (folder / "gdelt" / "20191024143000.mentions.CSV").write_text(_mention_lines(), encoding="utf-8")


def _gdelt_lines() -> str:
    lines = []
    for n, (a, b) in enumerate((a, b) for a in _STATES for b in _STATES if a != b):
        cells = [""] * 61
        code, _, score = _CODES[n % 4]
        cells[0:2] = [str(900 + n), "20191024"]
        cells[5:8] = [f"{_STATES[a]}GOV", a.upper(), _STATES[a]]
        cells[12] = "GOV"
        cells[15:18] = [_STATES[b], b.upper(), _STATES[b]]
        cells[26], cells[29], cells[30] = code, "1" if score > 0 else "4", str(score)
        cells[59:61] = ["20191024143000", "https://example.org/a"]
        lines.append("\t".join(cells))
    return "\n".join([*lines, "broken", ""])


def _mention_lines() -> str:
    made = []
    for n in range(20):
        cells = [""] * 16
        cells[:3] = [str(900 + n), "20191024143000", "20191024143000"]
        cells[3:7] = ["1", "paper.org", f"https://example.org/{n % 7}", "1"]
        cells[11] = str(20 + 10 * (n % 8))
        made.append("\t".join(cells))
    return "\n".join([*made, ""])


def _published(folder: Path) -> None:
    """What a mirror of GDELT would hold for one quarter of an hour."""
    home = folder / "published" / "gdeltv2"
    home.mkdir(parents=True)
    name = "20191024143000.export.CSV.zip"
    with zipfile.ZipFile(home / name, "w") as packed:
        packed.writestr(zipfile.ZipInfo("20191024143000.export.CSV"), _gdelt_lines())
    data = (home / name).read_bytes()
    line = f"{len(data)} {hashlib.md5(data).hexdigest()} http://data.gdeltproject.org/gdeltv2/{name}\n"
    (home / "masterfilelist.txt").write_text(line, encoding="utf-8")


def _benchmark(home: Path, draw: random.Random) -> None:
    """A benchmark of facts as numbers: train, valid and test, and two lists of names."""
    actors = [*(s.replace(" ", "_") for s in _STATES), *(f"Police_({s.replace(' ', '_')})" for s in _STATES)]
    relations = ["Consult", "Criticize_or_denounce", "Make_a_visit"]
    favoured = [[draw.randrange(len(actors)) for _ in relations] for _ in actors]
    facts = []
    for day in range(30):
        today: set[tuple[int, int, int]] = set()
        while len(today) < 12:
            s, r = draw.randrange(len(actors)), draw.randrange(3)
            o = favoured[s][r] if draw.random() < 0.7 else draw.randrange(len(actors))
            if o != s:
                today.add((s, r, o))
        facts.append([(*fact, 24 * day, -1) for fact in sorted(today)])
    for split, (a, b) in {"train": (0, 24), "valid": (24, 27), "test": (27, 30)}.items():
        _write(home / f"{split}.txt", (), [fact for day in facts[a:b] for fact in day], "\t")
    for name, listed in (("entity2id", actors), ("relation2id", relations)):
        _write(home / f"{name}.txt", (), [(each, k) for k, each in enumerate(listed)], "\t")


def _own_case(folder: Path, draw: random.Random) -> None:
    """A chronology of 240 acts for the case that `lynchpin new` writes: its own twelve leave most answers empty."""
    kinds = (
        ("CONSULT", "talks", 1.5),
        ("AGREE", "", 5.0),
        ("REJECT", "statement", -4.0),
        ("MOBILIZE", "missile", -6.5),
    )
    pairs = (("JPN", "KOR"), ("USA", "JPN"), ("USA", "KOR"), ("KOR", "JPN"), ("JPN", "USA"))
    rows = []
    for n in range(240):
        day = date(2015, 1, 5) + timedelta(draw.randrange(1000))
        if n % 4 == 3:
            source, target, kind = "PRK", draw.choice(("KOR", "JPN")), kinds[3]
        else:
            source, target = draw.choice(pairs)
            kind = kinds[n % 3]
        sides = (source, "GOV", target, "GOV")
        rows.append((day, "day", *sides, *kind[:2], "diplomacy", kind[2], "", "A made-up act.", "", "recalled"))
    rows.sort()
    _write(folder / "own.csv", _CHRONOLOGY, [(f"own-{n}", *row) for n, row in enumerate(rows)])


def _faulty(folder: Path) -> None:
    home = folder / "faulty"
    home.mkdir()
    (home / "not.duckdb").write_text("hello", encoding="utf-8")
    (home / "short.csv").write_text("event_id,date,precision\n1,2012-01-01,day\n", encoding="utf-8")
    for name, text in _FAULTY.items():
        (home / name).mkdir()
        (home / name / "case.toml").write_text(text, encoding="utf-8")


_TOP = '[case]\nname = "bad"\ntitle = "Bad"\nstart = 2015-01-01\n[nodes]\nUSA = "United States"\nJPN = "Japan"\n'
_CLASS = '[[class]]\nname = "cooperation"\ntypes = ["AGREE"]\n'
_FAULTY = {
    "toml": "[case\n",
    "name": "[case]\nname = 3\n",
    "type": f'{_TOP}[[class]]\nname = "cooperation"\ntypes = ["AGREEE"]\n',
    "says": f'{_TOP}{_CLASS}[[claim]]\nid = "C1"\nname = "c"\ntext = "t"\n[[mechanism]]\nname = "m"\nclaim = "C1"\n'
    'says = "USA -> JPN cooperation => JPN -> USA : cooperation"\nexpect = "+"\nhalf_life = "60d"\n',
    "role": f'{_TOP}[roles]\npatron = ["XYZ"]\n{_CLASS}',
    "statistic": f'{_TOP}{_CLASS}[[control]]\nstatistic = "inertial"\nhalf_life = "90d"\n',
}
