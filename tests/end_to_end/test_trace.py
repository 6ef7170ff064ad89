"""Every number in the brief's ledger is printed by a command: the page is read, and held against `claims --json`."""

from __future__ import annotations

import html
import json
import re
from math import log2

import pytest
from typer.testing import CliRunner

from lynchpin.cli import app
from lynchpin.report.page import render, tables
from lynchpin.report.plots.theme import sentence_case, spoken
from lynchpin.results import Claim, Effect, TopEvent
from lynchpin.session.brief import make_brief

AS_OF = "2012-07-09"
SPREAD = {key for keys in Claim.SPREAD.values() for key in keys} - {"grade", "note"} | {"top_events"}


@pytest.fixture(scope="module")
def page():
    return render(make_brief("northeast-asia", as_of=AS_OF, draws=100))


@pytest.fixture(scope="module")
def answer(page):
    command = html.unescape(re.search(r"<code>(lynchpin claims [^<]*)</code> prints every number", page)[1])
    done = CliRunner().invoke(app, command.split()[1:])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def printed(claim: dict) -> Claim:
    """The claim as the command prints it: six digits, plain values."""
    rest = {key: value for key, value in claim.items() if key not in SPREAD}
    ratios = [claim[key] for key in ("rate_ratio", "rate_ratio_lower", "rate_ratio_upper")]
    if None not in ratios and claim["unit"] == "per doubling":
        effect = Effect(*(log2(ratio) for ratio in ratios), claim["standard_error"])
    elif claim["estimate"] is not None:  # in a unit of its own
        ends = claim["estimate"], claim["lower"], claim["upper"]
        effect = Effect(*ends, claim["standard_error"], unit=claim["unit"])
    else:
        effect = None
    rest |= {"rule": "", "effect": effect}
    made = Claim(**rest, top_events=tuple(TopEvent(**act) for act in claim["top_events"]))
    if effect is not None:
        if claim["percent_per_doubling"] is None:
            assert made.percent_per_doubling is None or not effect.is_ratio
        else:
            assert made.percent_per_doubling == pytest.approx(claim["percent_per_doubling"], rel=1e-3, abs=1e-3)
        assert made.estimate == pytest.approx(claim["estimate"], abs=1e-5)
    return made


def plain(part: str) -> str:
    """Markup as text."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


def test_the_command_under_the_ledger_prints_its_numbers(page, answer):
    blocks = re.findall(r'<details class="graded.*?</details>', page, flags=re.DOTALL)
    texts = {plain(re.search(r'<span class="name">(.*?)</span>', block)[1]): plain(block) for block in blocks}
    claims = [printed(claim) for claim in answer["claims"]]
    tested = [row for row in tables.ledger_rows(claims) if row.claim.effect is not None]
    assert len(tested) == 17
    for row in tested:
        claim = row.claim
        text = texts[f"{claim.id} {sentence_case(spoken(claim.mechanism))}"]
        assert f"Expects {row.expected} " in text
        assert f"Estimate {row.ratio}" in text and row.interval in text
        assert f"Half-life {row.half_life} " in text
        assert f"Placebo p {row.placebo} " in text and f"Held out, nats {row.held_out} " in text
        assert f"Acts: cause / target {claim.n_cause_events:,} / {claim.n_target_events:,}" in text
        assert f"Evidence {claim.graded}" in text
        for act in claim.top_events:
            assert act.headline in text and f"Without it: {act.rate_ratio_without:.2f}" in text


def test_the_corrections_and_the_rule_are_in_the_answer_too(page, answer):
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    for line in tables.many([printed(claim) for claim in answer["claims"]]):
        assert line in text
    assert answer["rule"].split(": ", 1)[1] in text


def test_brief_and_claims_are_of_one_record(page, answer):
    assert answer["data_hash"][:8] in page and answer["as_of"] == AS_OF


def test_the_command_under_the_fade_prints_its_numbers(page):
    command = html.unescape(re.search(r"<code>(lynchpin fade [^<]*)</code> prints its numbers", page)[1])
    done = CliRunner().invoke(app, command.split()[1:])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert " ".join(answer["words"]) in text
    assert f"×{answer['times']:.2f} ({answer['lower']:.2f}–{answer['upper']:.2f})" in text
    specs = {name: json.loads(spec) for name, spec in re.findall(r'data-spec="([\w-]+)">(.*?)</script>', page)}
    curve, profile = (specs[name]["datasets"] for name in ("fade", "fade-profile"))
    assert curve["curve"]["n"] == len(answer["curve"]) and curve["acts"]["n"] <= len(answer["acts"])
    shown = profile["tried"]["of"]["drop"]
    assert shown == pytest.approx([row["drop"] for row in answer["profile"]], rel=1e-3)
