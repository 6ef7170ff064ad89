"""The package one installs: what is in it, how large it is, that it loads without a network and runs without extras."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tarfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

import lynchpin
from helpers.installed import ROOT, bare_environment, bare_of_paths, build, closure, interpreters, run

MOST_BYTES = 8_000_000
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

#: No connection can be made: trying one ends the program.
SHUT = """
import importlib, pkgutil, socket, sys
def closed(*words, **more):
    raise AssertionError("a connection was tried")
socket.socket.connect = socket.socket.connect_ex = closed
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = closed
"""
#: Import everything so: what fails for want of an extra is printed, all else is raised.
IMPORT_ALL = f"""{SHUT}
import lynchpin
count = 0
for module in pkgutil.walk_packages(lynchpin.__path__, "lynchpin."):
    if module.name.endswith("__main__"):
        continue
    try:
        importlib.import_module(module.name)
        count += 1
    except ModuleNotFoundError as error:
        print(module.name, error.name)
print("imported", count)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("built")
    sdist, wheel = build(folder)
    return SimpleNamespace(sdist=sdist, wheel=wheel)


@pytest.fixture(scope="module")
def bare(built: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment without any extra."""
    return bare_environment(tmp_path_factory.mktemp("bare") / "venv", built.wheel)


def test_wheel_and_sdist_are_small(built: SimpleNamespace) -> None:
    assert 500_000 < built.wheel.stat().st_size < MOST_BYTES
    assert 500_000 < built.sdist.stat().st_size < MOST_BYTES
    assert f"lynchpin-{lynchpin.__version__}-py3-none-any.whl" == built.wheel.name


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(built: SimpleNamespace) -> None:
    ours = {
        file.relative_to(ROOT / "src").as_posix()
        for file in (ROOT / "src" / "lynchpin").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix not in (".nbi", ".nbc")
    }
    packed = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}
    assert sorted(ours ^ packed) == []


def test_the_sdist_holds_what_a_packager_reads(built: SimpleNamespace) -> None:
    with tarfile.open(built.sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    assert names >= {"LICENSE", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "SECURITY.md", "requirements.lock"}


def test_the_metadata_say_where_it_runs_and_what_the_extras_are_for(built: SimpleNamespace) -> None:
    with zipfile.ZipFile(built.wheel) as packed:
        [name] = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        text = packed.read(name).decode()
    assert "Requires-Python: >=3.11" in text
    assert re.findall(r"^Classifier: Programming Language :: Python :: (3\.\d+)$", text, re.MULTILINE) == [
        "3.11", "3.12", "3.13", "3.14",
    ]  # fmt: skip
    assert {"web", "cluster", "pictures"} <= set(re.findall(r"^Provides-Extra: (.+)$", text, re.MULTILINE))


def test_only_what_is_asked_for_is_there(bare: Path, tmp_path: Path) -> None:
    listed = run(bare, "-c", "from importlib import metadata\nfor d in metadata.distributions(): print(d.name)",
                 folder=tmp_path).split()  # fmt: skip
    assert "lynchpin" in listed and "polars" in listed
    assert {"pytest", "starlette", "pandas", "distributed", "vl-convert-python"} & set(listed) == set()


def test_every_requirement_is_met(bare: Path, tmp_path: Path) -> None:
    """What `pip check` looks at, by the pip of the machine."""
    pip = [getattr(sys, "_base_executable", sys.executable), "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--python", str(bare), "check"], text=True, capture_output=True, check=False,
                          env=bare_of_paths(), cwd=tmp_path)  # fmt: skip
    assert "No broken requirements found" in done.stdout, done.stdout + done.stderr


def test_importing_all_of_it_reaches_for_no_network_and_for_no_extra(bare: Path, tmp_path: Path) -> None:
    said = run(bare, "-c", IMPORT_ALL, folder=tmp_path).splitlines()
    assert int(said[-1].split()[1]) > 300
    lacking = {tuple(line.split()) for line in said[:-1]}
    assert {module.split(".")[1] for module, _ in lacking} <= {"web"}  # the page alone stands on an extra
    assert {name for _, name in lacking} <= {"starlette", "uvicorn", "anyio", "python_multipart"}


def test_importing_with_every_extra_reaches_for_no_network_either(tmp_path: Path) -> None:
    said = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=tmp_path, text=True, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr[-2000:]
    assert said.stdout.splitlines()[:-1] == []


def test_a_connection_at_import_would_be_seen(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "lynchpin_peek.py").write_text("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')\n")
    said = run(bare, "-c", f"{SHUT}sys.path.insert(0, '.')\nimport lynchpin_peek", folder=tmp_path, code=1)
    assert "a connection was tried" in said


def test_commands_run_without_extras(bare: Path, tmp_path: Path) -> None:
    lynchpin_command = bare.with_name("lynchpin")
    assert lynchpin_command.exists()
    done = subprocess.run([lynchpin_command, "--version"], text=True, capture_output=True, check=True,
                          env=bare_of_paths())  # fmt: skip
    assert done.stdout.strip().endswith(PROJECT.get("version", lynchpin.__version__))
    assert "northeast-asia" in run(bare, "-m", "lynchpin", "check", "northeast-asia", folder=tmp_path)
    (tmp_path / "events.csv").write_text(
        "time,sender,receiver\n1,A,B\n2,B,A\n3,A,C\n4,C,A\n5,B,C\n6,A,B\n7,C,B\n8,B,A\n", encoding="utf-8"
    )
    said = run(bare, "-m", "lynchpin", "rem", "events.csv", "--effects", "inertia", "--json", folder=tmp_path)
    assert json.loads(said)["names"] == ["inertia"]


def test_a_missing_extra_is_named(bare: Path, tmp_path: Path) -> None:
    said = run(bare, "-m", "lynchpin", "serve", folder=tmp_path, code=2)
    assert "pip install 'lynchpin[web]'" in said


@pytest.mark.slow
def test_a_brief_is_written_without_extras(bare: Path, tmp_path: Path) -> None:
    run(bare, "-m", "lynchpin", "brief", "--as-of", "2012-07-09", "--draws", "200", folder=tmp_path)
    page = (tmp_path / "out" / "northeast-asia" / "brief.html").read_text(encoding="utf-8")
    assert len(page) > 100_000 and "Japan-South Korea" in page


@pytest.mark.slow
def test_the_page_is_served_with_its_extra(built: SimpleNamespace, tmp_path: Path) -> None:
    python = bare_environment(tmp_path / "venv", built.wheel, ("web",))
    with served(python, tmp_path) as page:
        assert "Japan-South Korea" in page


@pytest.mark.slow
@pytest.mark.parametrize("version", interpreters())
def test_it_installs_from_the_registry_as_anyone_would(built: SimpleNamespace, tmp_path: Path, version: str) -> None:
    """A new environment of each Python at hand, the wheel with the extra of the page; skipped where nothing is fetched."""
    base = interpreters()[version]
    subprocess.run([base, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True, env=bare_of_paths())
    python = tmp_path / "venv" / "bin" / "python"
    pip = [getattr(sys, "_base_executable", sys.executable), "-m", "pip", "--disable-pip-version-check"]
    pip += ["--python", str(python)]
    asked = [*pip, "install", "--quiet", f"{built.wheel}[web]"]
    done = subprocess.run(asked, text=True, capture_output=True, check=False, env=bare_of_paths())
    if done.returncode and "Could not find a version" in done.stderr:
        pytest.skip("no package registry can be reached")
    assert done.returncode == 0, done.stderr[-2000:]
    checked = subprocess.run([*pip, "check"], text=True, capture_output=True, check=False, env=bare_of_paths())
    assert "No broken requirements found" in checked.stdout, checked.stdout
    told = json.loads(run(python, "-m", "lynchpin", "doctor", "--json", folder=tmp_path))
    assert told["python"].startswith(version)
    assert told["sound"] and told["extras"] == {"pictures": False, "web": True, "cluster": False}
    ledger = json.loads(
        run(python, "-m", "lynchpin", "claims", "--as-of", "2012-07-09", "--json", "--quiet", folder=tmp_path)
    )
    assert len(ledger["claims"]) > 15
    run(python, "-m", "lynchpin", "brief", "--as-of", "2012-07-09", "--draws", "200", "--quiet", folder=tmp_path)
    assert (tmp_path / "out" / "northeast-asia" / "brief.html").stat().st_size > 100_000
    with served(python, tmp_path) as page:
        assert "Japan-South Korea" in page


@contextmanager
def served(python: Path, folder: Path) -> Iterator[str]:
    """The first page of `lynchpin serve` in an environment; the server is ended when left."""
    with subprocess.Popen(
        [str(python), "-m", "lynchpin", "serve", "--port", "0"], cwd=folder, env=bare_of_paths(),
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stderr is not None
        try:
            said = process.stdout.readline()
            assert said.startswith("serving http://"), process.stderr.read()
            with urllib.request.urlopen(said.split()[-1], timeout=120) as answer:
                yield answer.read().decode()
        finally:
            process.terminate()
            process.wait(30)


def test_what_is_asked_for_is_what_a_run_needs() -> None:
    """Each package that `doctor` calls needed is asked for, and each extra that it names is there with its packages."""
    from packaging.requirements import Requirement

    from lynchpin.session.doctor import EXTRAS, NEEDED

    assert {Requirement(text).name for text in PROJECT["dependencies"]} == set(NEEDED)
    extras = PROJECT["optional-dependencies"]
    for name, packages in EXTRAS.items():
        assert {Requirement(text).name for text in extras[name]} == set(packages)
    assert "starlette" not in closure(Requirement(text) for text in PROJECT["dependencies"])
    assert metadata.metadata("lynchpin")["Name"] == "lynchpin"


def test_the_citation_names_the_record_and_every_account() -> None:
    """`CITATION.cff` is read as YAML, and says of the record what the record is."""
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with development")
    from lynchpin.account.cases import builtin_cases, read_case

    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0" and cited["type"] == "software" and cited["authors"]
    titles = [reference["title"] for reference in cited["references"]]
    assert f"{len(read_case_rows()):,} dated acts" in next(title for title in titles if title.startswith("Chronology"))
    for name in builtin_cases():
        citation = read_case(name).citation
        assert any(title in citation for title in titles), name


def read_case_rows() -> list[dict[str, str]]:
    """The rows of the embedded record, as coded."""
    from lynchpin.account.cases import read_case

    file = read_case("northeast-asia").events_file
    assert file is not None
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
