"""Builds the documentation as a site, without a network: `make site`.

    python docs/build_site.py             into out/site
    python docs/build_site.py --to DIR    elsewhere

The pages of `docs/` are taken as they are. What stands outside (changelog, contributing, ...) comes beside them, and
links follow. The order of the pages is that of the start page, `docs/index.md`. The page of the Python names gets what
their docstrings say. Zensical then makes the site; a link that leads nowhere ends the build.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
#: Pages that stand outside the folder, and what they are called on the site.
OUTSIDE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "README.md": "readme.md",
    "benchmarks/README.md": "benchmarks.md",
}
#: Files that pages lead to and that are no pages; they come along as they are.
FILES = ("LICENSE", "CITATION.cff", "requirements.lock")
KINDS = {".md", ".svg", ".jpg", ".png", ".css", ".js", ".ipynb"}
_LINK = re.compile(r"(?<=\]\()([^)#\s]+)")
_HEADING = re.compile(r"(?<=[^\n])\n(?=#{1,6} )")  # below a table it needs an empty line, which our pages need not have
_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def staged(folder: Path) -> None:
    """Lay the pages and pictures into a folder as the site has them."""
    for file in sorted(DOCS.rglob("*")):
        if file.suffix in KINDS and file.is_file():
            _lay(file, folder / file.relative_to(DOCS), folder)
    for name, place in OUTSIDE.items():
        _lay(ROOT / name, folder / place, folder)
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    page = folder / "reference" / "python.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{docstrings()}", encoding="utf-8")


def _lay(file: Path, to: Path, folder: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix != ".md":
        shutil.copy2(file, to)
        return
    parts = _FENCE.split(file.read_text(encoding="utf-8"))
    parts[::2] = [
        _HEADING.sub("\n\n", _LINK.sub(lambda found: moved(found[0], file, to, folder), part)) for part in parts[::2]
    ]
    to.write_text("".join(parts), encoding="utf-8")


def moved(target: str, file: Path, to: Path, folder: Path) -> str:
    """Where a link of a page leads on the site.

    Examples
    --------
    >>> moved("docs/how-to/page.md", ROOT / "README.md", Path("s/readme.md"), Path("s"))
    'how-to/page.md'
    >>> moved("../CHANGELOG.md", DOCS / "index.md", Path("s/index.md"), Path("s"))
    'changelog.md'
    """
    if "://" in target or target.startswith("mailto:"):
        return target
    there = Path(os.path.normpath(file.parent / target))
    if there.is_relative_to(DOCS):
        place = there.relative_to(DOCS)
    elif (name := there.relative_to(ROOT).as_posix()) in OUTSIDE:
        place = Path(OUTSIDE[name])
    else:
        place = Path(name)
    return Path(os.path.relpath(folder / place, to.parent)).as_posix()


def docstrings() -> str:
    """What mkdocstrings is to put below the table of public names: each name by the module that defines it."""
    sys.path.insert(0, str(ROOT / "src"))
    import lynchpin

    lines = []
    for name in lynchpin.__all__:
        if name != "__version__":
            found = getattr(lynchpin, name)
            lines.append(f"::: {found.__module__}.{found.__qualname__}\n")
    return "\n".join(lines)


def order() -> list[object]:
    """The order of the pages: the start page, then its sections with the pages that each lists."""
    nav: list[object] = [{"Start": "index.md"}]
    for section in re.split(r"^## ", (DOCS / "index.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        pages = re.findall(r"^(?:-|\d+\.) \[(.+?)\]\(([^)#]+\.md)\)", text, re.MULTILINE)
        if pages:
            nav.append(
                {title: [{name: moved(path, DOCS / "index.md", Path("index.md"), Path())} for name, path in pages]}
            )
    return nav


def configured(home: Path) -> Path:
    """Write what Zensical reads: `docs/look/site.yml`, where the pages lie, where the site goes, and the order."""
    text = (DOCS / "look" / "site.yml").read_text(encoding="utf-8")
    text = text.replace("        python:\n", f"        python:\n          paths: [{json.dumps(str(ROOT / 'src'))}]\n")
    added = {"docs_dir": "pages", "site_dir": "site", "nav": order()}
    config = home / "mkdocs.yml"
    config.write_text(text + "".join(f"{key}: {json.dumps(value)}\n" for key, value in added.items()), encoding="utf-8")
    return config


def build(site: Path) -> float:
    """Make the site; the seconds it took.

    Raises
    ------
    SystemExit : a link leads nowhere, or a docstring cannot be read
    """
    begun = time.monotonic()
    home = ROOT / "build" / "site"
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(site, ignore_errors=True)
    staged(home / "pages")
    config = configured(home)
    zensical = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(config)]
    done = subprocess.run(
        zensical, cwd=home, text=True, capture_output=True, check=False, env=os.environ | {"NO_COLOR": "1"}
    )
    if done.returncode:
        raise SystemExit(f"the site was not built:\n{done.stdout}{done.stderr}")
    site.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(home / "site", site)
    return time.monotonic() - begun


def main() -> None:
    asked = argparse.ArgumentParser(description="Build the documentation as a site.")
    asked.add_argument("--to", type=Path, default=ROOT / "out" / "site", metavar="DIR")
    site = asked.parse_args().to.resolve()
    seconds = build(site)
    print(f"wrote {len(list(site.rglob('*.html')))} pages to {site} in {seconds:.0f} s; open {site / 'index.html'}")


if __name__ == "__main__":
    main()
