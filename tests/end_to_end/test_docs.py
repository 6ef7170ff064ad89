"""The documentation says what is so: parts are fresh, the tutorial runs, every JSON key is listed, links lead somewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

import lynchpin
from lynchpin.account.cases import builtin_theories, case_events, read_case
from lynchpin.account.cases.builtin import case_path
from lynchpin.account.structure import import_tables
from lynchpin.cli import app
from lynchpin.engine import statistics
from lynchpin.engine.statistics import Statistic
from lynchpin.record import sources
from lynchpin.record.fetch import Fetched, FetchReport
from lynchpin.record.store import Store, filter_of
from lynchpin.testing import STATISTIC_LAWS, crowded_history
from lynchpin.testing.feeds import MENTION_LINE, event_line, write_benchmark
from lynchpin.testing.laws import agrees_with_reference

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


# --- generated parts and pictures ----------------------------------------------------------------


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_generated_part_and_picture_is_fresh(generate: ModuleType) -> None:
    assert generate.stale() == [], "run `make docs`, read what changed, and commit it"


def test_ratios_written_by_hand_stand_in_a_ledger(generate: ModuleType) -> None:
    text = (DOCS / "explanation" / "account.md").read_text(encoding="utf-8")
    told = text[text.index("## Claim by claim") :]
    assert told.count("×") > 5 and generate.account.without_a_run(told) == []
    assert generate.account.without_a_run(told + " at most ×3.21") == ["×3.21"]


def test_every_picture_can_be_drawn_and_is_shown(generate: ModuleType) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name, (_, draw) in generate.pictures().items():
        assert draw().to_dict(validate=False)["layer"] and f"pictures/{name})" in text


def test_every_part_is_used_somewhere(generate: ModuleType) -> None:
    used = {name for page in PAGES for name in re.findall(r"<!-- begin ([a-z-]+):", page.read_text(encoding="utf-8"))}
    assert used == set(generate.PARTS | generate.SLOW)


def test_a_stale_part_would_be_seen(generate: ModuleType) -> None:
    page = DOCS / "reference" / "statistics.md"
    text = page.read_text(encoding="utf-8")
    spoiled = text.replace("decayed count of past events from sender to receiver", "something else")
    assert spoiled != text
    assert generate.written(spoiled, generate.PARTS) == text


# --- links ---------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    return {slug(line.lstrip("#").strip()) for line in text.splitlines() if line.startswith("#")}


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in re.findall(r"\]\(([^)#\s]+\.md)[^)]*\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                waiting.append((page.parent / target).resolve())
    assert sorted(set(PAGES) - reached) == []


# --- one version, one licence --------------------------------------------------------------------


def test_citation_changelog_and_package_agree() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert re.search(r"^version: (.+)$", citation, re.MULTILINE)[1] == lynchpin.__version__  # type: ignore[index]
    assert re.search(r"^license: (.+)$", citation, re.MULTILINE)[1] == project["license"]  # type: ignore[index]
    assert f"## [{lynchpin.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`?make ([a-z-]+)`", page.read_text(encoding="utf-8"))}
    assert named and named <= targets


# --- the tutorial --------------------------------------------------------------------------------

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?%?")


def blocks(page: Path) -> list[tuple[str, str]]:
    return [(kind, text) for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def same_word(shown: str, printed: str) -> bool:
    """Words must agree, numbers nearly: another library version may move the last digit shown."""
    bare, other = shown.strip("(),"), printed.strip("(),")
    if "." in bare and _NUMBER.fullmatch(bare) and _NUMBER.fullmatch(other):
        a, b = float(bare.rstrip("%")), float(other.rstrip("%"))
        return abs(a - b) <= 0.05 + 0.05 * abs(a)
    return shown == printed


def missing(shown: str, printed: str) -> str | None:
    """The first shown line that was not printed, in order; None when all were. `...` stands for any lines."""
    words, at, strict = printed.split(), 0, True
    for line in shown.splitlines():
        wanted = line.split()
        if not wanted:
            continue
        if wanted[-1].endswith("..."):
            wanted[-1] = wanted[-1].removesuffix("...")
        wanted = [word for word in wanted if word]
        tries = [at] if strict else range(at, len(words))
        found = next((k for k in tries if _starts(wanted, words[k:])), None)
        if found is None:
            return line
        at, strict = found + len(wanted), not line.rstrip().endswith("...")
    return None


def _starts(wanted: list[str], words: list[str]) -> bool:
    if len(words) < len(wanted):
        return False
    *whole, last = wanted or [""]
    return all(map(same_word, whole, words)) and (
        not wanted or same_word(last, words[len(whole)]) or (last.endswith(",") and words[len(whole)].startswith(last))
    )


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with what is shown below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


def run_shell(command: str, folder: Path) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "COLUMNS": "110"}
    done = subprocess.run(command, shell=True, cwd=folder, env=env, text=True, capture_output=True, check=False)
    assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def run_page(page: Path, folder: Path) -> list[str]:
    """Run the blocks of a page in order; what was shown but not printed."""
    names: dict[str, Any] = {}
    printed, faults = "", []
    for kind, text in blocks(page):
        if kind == "console":
            for command, shown in commands(text):
                printed = run_shell(command, folder)
                line = missing(shown, printed)
                faults += [f"$ {command}\n  shown: {line}\n  printed: {printed}"] if line is not None else []
        elif kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.chdir(folder):
                exec(compile(text, page.name, "exec"), names)
            printed = out.getvalue()
        elif kind == "text":
            line = missing(text, printed)
            faults += [f"shown: {line}\n  printed: {printed}"] if line is not None else []
    return faults


def test_the_tutorial_runs_and_prints_what_it_shows(tmp_path: Path) -> None:
    assert run_page(DOCS / "tutorial" / "ten-minutes.md", tmp_path) == []
    assert (tmp_path / "out" / "northeast-asia" / "brief.html").stat().st_size > 100_000


def test_a_wrong_output_in_the_tutorial_would_be_seen() -> None:
    printed = "case: x\nstates: 5\nratio 2.10 (1.05 to 4.20)\nend\n"
    assert missing("case: x\n...\nratio 2.11 (1.05 to 4.2)\n...\n", printed) is None
    assert missing("case: x\nratio 2.10", printed) == "ratio 2.10"  # lines were left out without saying so
    assert missing("case: x\nstates: 6\n", printed) == "states: 6"
    assert missing("...\nratio 3.10 (1.05 to 4.20)", printed) == "ratio 3.10 (1.05 to 4.20)"


def test_the_example_of_the_readme_runs() -> None:
    [code] = [text for kind, text in blocks(ROOT / "README.md") if kind == "python"]
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "README.md", "exec"), names)
    assert "C3 patron_push" in out.getvalue() and names["outlook"].height > 0


# --- a statistic of one's own --------------------------------------------------------------------

NEW_STATISTIC = DOCS / "how-to" / "new-statistic.md"


def statistic_of(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Statistic:
    """The example as a file in the folder of statistics, found by its place."""
    (folder / "recency_answer.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(statistics, "__path__", [*statistics.__path__, str(folder)])
    sys.modules.pop("lynchpin.engine.statistics.recency_answer", None)
    statistics.every_statistic.cache_clear()
    return statistics.catalogue()[name]


@pytest.fixture
def catalogue_as_it_was() -> Iterator[None]:
    yield
    sys.modules.pop("lynchpin.engine.statistics.recency_answer", None)
    statistics.every_statistic.cache_clear()


@pytest.mark.usefixtures("catalogue_as_it_was")
def test_the_example_statistic_is_found_keeps_the_laws_and_can_be_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [text] = [text for kind, text in blocks(NEW_STATISTIC) if kind == "python"]
    row = text[text.index("    Statistic(") :].removesuffix(")\n")
    assert len(row.splitlines()) <= 10
    statistic = statistic_of(text, tmp_path, monkeypatch, "recencyAnswer")
    for law in STATISTIC_LAWS:
        law(statistic, crowded_history(1))
    rng = random.Random(1)
    acts = [(k, *rng.sample("ABCDE", 2)) for k in range(80)]
    events = pl.DataFrame(acts, schema=["time", "sender", "receiver"], orient="row")
    assert lynchpin.rem(events, "recencyAnswer").names == ("recencyAnswer",)


@pytest.mark.usefixtures("catalogue_as_it_was")
def test_an_example_statistic_that_is_wrong_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = [text for kind, text in blocks(NEW_STATISTIC) if kind == "python"]
    wrong = statistic_of(text.replace("age[j, i]", "age[i, j]"), tmp_path, monkeypatch, "recencyAnswer")
    with pytest.raises(AssertionError):
        agrees_with_reference(wrong, crowded_history(1))


# --- a case of one's own -------------------------------------------------------------------------

OWN_CASE = DOCS / "how-to" / "own-case.md"


def test_the_example_case_reads_and_explains(tmp_path: Path) -> None:
    [text] = [text for kind, text in blocks(OWN_CASE) if kind == "toml"]
    (tmp_path / "case.toml").write_text(text, encoding="utf-8")
    rows = (case_path("northeast-asia").parent / "events.csv").read_text(encoding="utf-8")
    (tmp_path / "events.csv").write_text(rows, encoding="utf-8")
    case = read_case(tmp_path)
    assert case.states == ("USA", "GRC", "TUR") and len(case.mechanisms) == 3
    assert case_events(case)["event_class"].drop_nulls().is_in(case.class_names).all()


def test_every_table_and_key_of_a_case_is_described() -> None:
    from lynchpin.account.cases import reading

    source = Path(reading.__file__).read_text(encoding="utf-8")
    keys = set(reading._CASE)
    for said in re.findall(r'(?:keys=|tables\([^()]*)\(("[^)]*")', source):
        keys |= set(re.findall(r'"(\w+)"', said))
    assert {"says", "untestable_because", "prior_sd", "dyad", "sign", "statistic"} <= keys  # the search finds them
    page = OWN_CASE.read_text(encoding="utf-8")
    tables = set(re.findall(r"^### `\[+(\w+)\]+`$", page, re.MULTILINE))
    assert tables == set(reading._SECTIONS)
    assert sorted(key for key in keys if f"`{key}`" not in page) == []


# --- every key of every JSON answer --------------------------------------------------------------

JSON_PAGE = DOCS / "reference" / "json.md"

_IS: dict[str, Any] = {
    "text": lambda v: isinstance(v, str),
    "date": lambda v: isinstance(v, str) and bool(date.fromisoformat(v)),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "object": lambda v: isinstance(v, dict),
    "list of objects": lambda v: isinstance(v, list) and all(isinstance(item, dict) for item in v),
    "list of text": lambda v: isinstance(v, list) and all(isinstance(item, str) for item in v),
    "list of numbers": lambda v: isinstance(v, list) and all(isinstance(item, (int, float)) for item in v),
}


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)\n", JSON_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {slug(heading): text for heading, text in zip(parts[::2], parts[1::2], strict=True)}


def keys_of(section: str, prefix: str = "") -> dict[str, str]:
    """Path -> type, with the sections that this one points at: in its prose beside it, in a row below that key."""
    listed: dict[str, str] = {}
    for line in sections()[section].splitlines():
        linked = re.findall(r"\(#([\w-]+)\)", line)
        row = re.match(r"\| `([^`]+)` \| ([^|]+?) \|", line)
        if row:
            path, kind = prefix + row[1], row[2]
            listed[path] = kind
            below = f"{path}[]." if kind.startswith("list") else f"{path}."
            linked = [] if "[]" in row[1] else linked
            for name in linked:
                listed |= keys_of(name, below)
        else:
            for name in linked:
                listed |= keys_of(name, prefix)
    return listed


def found_in(value: Mapping[str, Any], listed: Mapping[str, str], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every path of an answer with its value; keys that the data name are `*`."""
    is_open = f"{prefix}*" in listed
    for key, item in value.items():
        path = f"{prefix}*" if is_open else f"{prefix}{key}"
        yield path, item
        if isinstance(item, dict):
            yield from found_in(item, listed, f"{path}.")
        elif isinstance(item, list):
            for one in item:
                if isinstance(one, dict):
                    yield from found_in(one, listed, f"{path}[].")


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small case, and a chronology with one row that is refused."""
    folder = tmp_path_factory.mktemp("json")
    assert CliRunner().invoke(app, ["new", "small", "--dir", str(folder)]).exit_code == 0
    rows = (folder / "small" / "events.csv").read_text(encoding="utf-8")
    (folder / "feed").mkdir()
    (folder / "feed" / "README").write_text("what this is\n", encoding="utf-8")
    (folder / "feed" / "feed.csv").write_text(rows.replace("2016-11-23,day", "2016-13-23,day"), encoding="utf-8")
    draw = random.Random(1)
    acts = [(day // 2, *draw.sample("ABCD", 2)) for day in range(60)]
    stream = "".join(f"{day},{source},{target}\n" for day, source, target in acts)
    (folder / "stream.csv").write_text(f"time,sender,receiver\n{stream}", encoding="utf-8")
    met = "".join(f"{day},{';'.join(draw.sample('ABCDEF', 2 + day % 3))}\n" for day in range(60))
    (folder / "meetings.csv").write_text(f"time,participants\n{met}", encoding="utf-8")
    header = "\t".join(sources.get("icews").columns)
    sides = [("Japan", "South Korea"), ("South Korea", "Japan"), ("X", "Japan")]
    lines = [
        "\t".join([str(n), "2015-07-09", a, "", a, "Consult", "040", "1", b, "", b] + [""] * 9)
        for n, (a, b) in enumerate(sides)
    ]
    (folder / "coded.tab").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    write_benchmark(folder / "bench")
    with Store.open(folder / "coded.duckdb", create=True) as store:
        store.ingest("icews", folder / "coded.tab")
    with Store.open(folder / "filtered.duckdb", create=True) as store:
        store.ingest("icews", folder / "coded.tab", keep=filter_of("JPN,KOR"))
    (folder / "feed" / "broken.csv.gz").write_bytes(b"not packed")
    days = [date(2015, 1, 1) + timedelta(days=n) for n in range(1000)]
    hole = range(430, 434)  # four days of a feed with six reports a day
    daily = [
        "\t".join([f"{n}-{k}", str(day), "X", "", "", "Consult", "040", "1", "X", "", ""] + [""] * 9)
        for n, day in enumerate(days)
        for k in range(6)
        if n not in hole
    ]
    (folder / "daily.tab").write_text("\n".join([header, *daily, ""]), encoding="utf-8")
    with Store.open(folder / "daily.duckdb", create=True) as store:
        store.ingest("icews", folder / "daily.tab")
        store.ingest("chronology", folder / "small" / "events.csv")
    (folder / "gdelt").mkdir()
    for name, line in (("export", event_line()), ("mentions", MENTION_LINE)):
        (folder / "gdelt" / f"20191024143000.{name}.CSV").write_text(f"{line}\n", encoding="utf-8")
    with Store.open(folder / "gdelt.duckdb", create=True) as store:
        store.ingest(None, folder / "gdelt")
    claims = "chal,tgt,begclaim,endclaim,name\n740,732,195201,201799,Dokdo\n740,9999,195201,201799,Atlantis\n"
    (folder / "claims.csv").write_text(claims, encoding="utf-8")
    import_tables(folder / "structure.duckdb", [folder / "claims.csv"])
    lateral = builtin_theories()["lateral"].read_text(encoding="utf-8")
    quiet = lateral.replace("(rival_of(ally) | rival_of(patron))", "disputed_with(ally)")  # nobody: a mechanism less
    (folder / "quiet.toml").write_text(quiet, encoding="utf-8")
    track = ["--file", str(folder / "track.duckdb")]
    asked = ["track", "issue", str(folder / "small"), "--as-of", "2016-11-24", "--days", "60", "--draws", "100", *track]
    assert CliRunner().invoke(app, asked).exit_code == 0
    asked = ["register", str(folder / "small"), "--as-of", "2016-06-01", "--out", str(folder / "registered.json")]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert CliRunner().invoke(app, ["track", "score", str(folder / "small"), *track]).exit_code == 0
    return folder


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch that found one file: how it fetches is tested elsewhere."""
    found = Fetched("a.zip", "https://e.org/a.zip", "fetched", 9, "0" * 32, 1)
    report = FetchReport("gdelt", "gdelt", (found,), ("list, line 1: ?",), ("2012-07-09",))
    monkeypatch.setattr("lynchpin.record.fetch.fetch_gdelt", lambda *words, **options: report)


ANSWERS = {
    "lynchpin-brief": ["brief", "small", "--draws", "100"],
    "lynchpin-brief---reveal": ["brief", "northeast-asia", "--as-of", "2012-07-09", "--reveal", "--draws", "100"],
    "lynchpin-brief---since": [
        "brief",
        "northeast-asia",
        "--as-of",
        "2012-07-09",
        "--since",
        "2012-05-09",
        "--draws",
        "100",
    ],
    "lynchpin-claims": ["claims", "small"],
    "lynchpin-claims---registered": ["claims", "small", "--registered", "registered.json"],
    "lynchpin-register": ["register", "small", "--out", "new.registration.json"],
    "lynchpin-claims---triads": [
        "claims",
        "quiet.toml",
        "--triads",
        "all",
        "--structure",
        "structure.duckdb",
        "--events",
        "coded.duckdb",
    ],
    "lynchpin-claims---split": ["claims", "small", "--split", "2016-03-01"],
    "lynchpin-claims---by-dyad": ["claims", "small", "--by", "dyad"],
    "lynchpin-claims---by-condition": ["claims", "--as-of", "2012-07-09", "--by", "condition"],
    "lynchpin-sensitivity": ["sensitivity", "small", "patron_push", "--vary", "step", "--shifts", "19"],
    "lynchpin-attribute": ["attribute", "small"],
    "lynchpin-fade": ["fade", "northeast-asia", "shared_threat", "--as-of", "2012-07-09"],
    "lynchpin-forecast": ["forecast", "small", "--draws", "100"],
    "lynchpin-forecast---any": [
        "forecast",
        "small",
        "--draws",
        "100",
        "--any",
        "KOR -> JPN : cooperation",
        "--by",
        "2018-01-01",
    ],
    "lynchpin-forecast---agreement": [
        "forecast",
        "--as-of",
        "2012-07-09",
        "--agreement",
        "gsomia-jpn-kor",
        "--stage",
        "signed",
        "--by",
        "2012-12-31",
    ],
    "lynchpin-forecast---index": ["forecast", "small", "--draws", "100", "--index"],
    "lynchpin-predict": ["predict", "--actor", "KOR", "--class", "grievance", "--date", "2012-07-09"],
    "lynchpin-predict---benchmark": ["predict", "--benchmark", "bench"],
    "lynchpin-whatif": ["whatif", "--scenario", "gsomia-signed", "--as-of", "2012-07-09", "--draws", "100"],
    "lynchpin-backtest": [
        "backtest",
        "small",
        "--events",
        "daily.duckdb",
        "--from",
        "2016-08-01",
        "--to",
        "2016-09-01",
        "--workers",
        "1",
    ],
    "lynchpin-track-issue": ["track", "issue", "small", "--file", "new.duckdb", "--days", "30", "--draws", "100"],
    "lynchpin-track-score": ["track", "score", "small", "--file", "track.duckdb"],
    "lynchpin-track-list": ["track", "list", "--file", "track.duckdb"],
    "lynchpin-fit": ["fit", "small"],
    "lynchpin-agreements": [
        "agreements",
        "--as-of",
        "2012-07-09",
        "--agreement",
        "gsomia-jpn-kor",
        "--draws",
        "20",
        "--what-if",
        "sign",
    ],
    "lynchpin-explain": ["explain", "small"],
    "lynchpin-cases": ["cases"],
    "lynchpin-doctor": ["doctor"],
    "lynchpin-check": ["check", "northeast-asia"],
    "lynchpin-rem": ["rem", "stream.csv", "--effects", "inertia(30) reciprocity", "--random", "sender"],
    "lynchpin-hyper": ["hyper", "meetings.csv", "--effects", "subrep(1) subrep(2)"],
    "lynchpin-structure-import": ["structure", "import", "claims.csv", "--store", "made.duckdb"],
    "lynchpin-structure-list": ["structure", "list"],
    "lynchpin-structure-list-store": ["structure", "list", "structure.duckdb"],
    "lynchpin-structure-show": ["structure", "show", "KOR", "Japan", "--structure", "structure.duckdb"],
    "lynchpin-triads": ["triads", "quiet.toml", "--structure", "structure.duckdb", "--events", "coded.duckdb"],
    "lynchpin-events": ["events", "northeast-asia", "--as-of", "2012-07-09"],
    "lynchpin-events---count-class": ["events", "small", "--count", "class"],
    "lynchpin-events---episodes": ["events", "small", "--events", "coded.duckdb", "--episodes"],
    "lynchpin-events---reach": ["events", "small", "--events", "gdelt.duckdb", "--reach"],
    "lynchpin-fetch": ["fetch", "gdelt", "--since", "2012-07-09", "--until", "2012-07-10"],
    "lynchpin-actors": ["actors", "coded.duckdb"],
    "lynchpin-actors---unresolved": ["actors", "coded.duckdb", "--unresolved"],
    "lynchpin-store-info": ["store", "info", "filtered.duckdb"],
    "lynchpin-store-info---episodes": ["store", "info", "filtered.duckdb", "--episodes"],
    "lynchpin-store-verify": ["store", "verify", "coded.duckdb"],
    "lynchpin-store-export": ["store", "export", "coded.duckdb", "out"],
    "lynchpin-store-compact": ["store", "compact", "coded.duckdb"],
    "lynchpin-ingest": ["ingest", "auto", "feed", "--store", "s.duckdb"],
    "lynchpin-sources": ["sources"],
}


@pytest.mark.parametrize("section", ANSWERS)
def test_json_keys_and_types_are_as_listed(section: str, workplace: Path, no_network: None) -> None:
    with contextlib.chdir(workplace):
        done = CliRunner().invoke(app, [*ANSWERS[section], "--json"])
    assert done.exit_code == 0, done.output
    listed = keys_of(section)
    found = list(found_in(json.loads(done.stdout), listed))
    assert sorted({path for path, _ in found} - set(listed)) == [], "a key that the page does not list"
    lacking = {path for path in set(listed) - {path for path, _ in found} if not path.endswith(".*")}
    if section == "lynchpin-brief":  # a small case has no agreement; those of the large one are in the answer below
        empty = tuple(f"{path}[]" for path, value in found if value == [])
        lacking = {path for path in lacking if not path.startswith(empty)}
    assert sorted(lacking) == [], "a key that the page lists and the answer lacks"
    wrong = {path for path, value in found if not any(_IS[kind](value) for kind in listed[path].split(" or "))}
    assert sorted(wrong) == [], "a value of another type"


def test_every_command_with_json_is_listed() -> None:
    groups = {name for command in sections() if (name := command).startswith("lynchpin-")}
    assert groups == set(ANSWERS)
    groups = [("", app), *((f"{group.name} ", group.typer_instance) for group in app.registered_groups)]
    commands = [(words, command) for words, group in groups for command in group.registered_commands]
    with_json = {
        words + (c.name or c.callback.__name__)  # type: ignore[union-attr]
        for words, c in commands
        if "as_json" in c.callback.__annotations__  # type: ignore[union-attr]
    }
    asked = {
        " ".join(arguments[: 2 if arguments[0] in ("store", "structure", "track") else 1])
        for arguments in ANSWERS.values()
    }
    assert with_json == asked
