"""A theory whose acts feed one another without end: it is seen, said in words and in JSON, and the run ends."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.cli import app
from lynchpin.results import beware
from lynchpin.session.facade import fit

FIRST, WEEKS, AS_OF = date(2015, 1, 1), 104, "2016-12-29"
THEORY = """
[[mechanism]]
name = "answer"
claim = "C1"
says = "adversary -> ally : conflict => ally -> adversary : conflict"
half_life = "30d"

[[mechanism]]
name = "riposte"
claim = "C2"
says = "ally -> adversary : conflict => adversary -> ally : conflict"
half_life = "30d"

"""


def write(folder, name, grows):
    """A case whose adversary and allies answer each other's threats; at the end they double within two weeks."""
    write_new_case(name, folder)
    case, events = folder / name / "case.toml", folder / name / "events.csv"
    text = case.read_text()
    case.write_text(text[: text.index("[[mechanism]]")] + THEORY + text[text.index("[[watch]]") :])
    rng, rows = np.random.default_rng(3), []
    for week in range(WEEKS):
        rate = 0.3 + (30.0 * np.exp((week - WEEKS) / 2.4) if grows else 0.0)
        for source, target in (("PRK", "KOR"), ("KOR", "PRK"), ("PRK", "JPN"), ("JPN", "PRK")):
            for _ in range(rng.poisson(rate)):
                day = FIRST + timedelta(int(7 * week + rng.integers(7)))
                rows.append(f"{day},day,{source},GOV,{target},GOV,THREATEN,threat,,-5,,Act.,,recalled")
    head = events.read_text().splitlines()[0]
    events.write_text("\n".join([head, *(f"w-{k},{row}" for k, row in enumerate(sorted(rows)))]) + "\n")
    return str(case)


@pytest.fixture(scope="module")
def wild(tmp_path_factory):
    return write(tmp_path_factory.mktemp("wild"), "wild", grows=True)


def said(*words):
    done = CliRunner().invoke(app, [*words, "--as-of", AS_OF, "--draws", "200"])
    assert done.exit_code == 0, done.output
    return done.stdout


ASKED = {
    "forecast": ("forecast", "{case}", "--days", "60"),
    "any": ("forecast", "{case}", "--any", "PRK -> KOR : conflict", "--by", "2017-02-28"),
    "index": ("forecast", "{case}", "--index", "--days", "60"),
    "whatif": ("whatif", "{case}", "--scale", "0.9 answer", "--days", "60"),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_explosion_is_said(wild, name):
    words = [word.format(case=wild) for word in ASKED[name]]
    text = " ".join(said(*words).split())
    if name in (
        "index",
        "whatif",
    ):  # their paths stand on the level of the default forecast, so they are held, not wild
        answer = json.loads(said(*words, "--json"))
        held = answer["held"]["baseline"] if name == "whatif" else answer["held"]
        assert (held > 0.05) == ("the paths go where the record has never been" in text)
        return
    assert "run away" in text and "three times as full as any of the record" in text
    answer = json.loads(said(*words, "--json"))
    told = answer["any"][0] if name == "any" else answer
    assert told["runaway"] > 0.5 and told["held"] > 0.05


def test_its_rates_stay_numbers(wild):
    """What feeds itself is held at the end of what the record has shown, so no count passes all bounds."""
    ahead = fit(read_case(wild), as_of=AS_OF).forecast(60, draws=200)
    mean = ahead.table["mean"].to_numpy()
    assert np.isfinite(mean).all() and mean.max() < 1e4
    assert beware(ahead.runaway, ahead.held)[0].startswith("Beware: ")


def test_a_calm_record_is_not_warned_of(tmp_path):
    calm = write(tmp_path, "calm", grows=False)
    text = said("forecast", calm, "--days", "60")
    answer = json.loads(said("forecast", calm, "--days", "60", "--json"))
    assert "Beware" not in text and answer["runaway"] == 0.0 and answer["held"] < 0.05


def test_a_warning_is_never_of_nothing():
    assert beware(0.0, 0.0) == ()
    assert beware(1e-5, 0.0)[0].startswith("Beware: 0.1 % of the paths run away")
    assert "left the range of the record" in beware(0.0, 0.3)[0] and len(beware(0.2, 0.3)) == 2
