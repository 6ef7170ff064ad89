"""What is said of a mechanism is said once: ledger, brief, what-if, fade and attribution take their word from its grade.

Two embedded cases, as of the day of their account; among the slow tests the others, and all on the whole record.
"""

from __future__ import annotations

import re

import pytest

import lynchpin
from lynchpin.answers.evidence import attribution, fade
from lynchpin.answers.evidence.grades import footings
from lynchpin.answers.scenarios import scenarios_of
from lynchpin.answers.scenarios.words import MODEL_ALONE
from lynchpin.errors import BadValue
from lynchpin.report import evidence
from lynchpin.report.plots.theme import spoken
from lynchpin.report.screen import parts
from lynchpin.results import evidence_text

CASES = ("australia-japan", "greece-turkey", "israel-turkey", "northeast-asia")

#: What nobody would say: an end beyond the range as a bound, certainty, and a sign of nothing.
ABSURD = re.compile(
    r"at (most|least) [<>]|(?<![\d.–])0 ?% (of|in)|in 0 ?%|\b100 ?% (of|in)|[+−-]0\.0(?!\d)|"
    r"\bnan\b|\binf\b|\b0 of 100\b|[1-9]\d{2} more years|\b1 more such attempts"
)


LIGHT = ("israel-turkey", "northeast-asia")
ASKED = [
    pytest.param((case, "account"), id=f"{case}-account", marks=[] if case in LIGHT else pytest.mark.slow)
    for case in CASES
]
ASKED += [pytest.param((case, "whole"), id=f"{case}-whole", marks=pytest.mark.slow) for case in CASES]


@pytest.fixture(scope="module", params=ASKED)
def asked(request):
    case, day = request.param
    as_of = lynchpin.load_case(case).account_date if day == "account" else None
    fit = lynchpin.fit(case, as_of=as_of)
    return fit, fit.claims(), day


def test_every_claim_has_a_row_with_a_number_and_two_ends_or_says_why(asked):
    fit, ledger, day = asked
    assert {claim.id for claim in fit.case.claims} <= {row.id for row in ledger}
    for row in ledger:
        if row.effect is None:
            assert row.untestable_because, row.id
        else:
            assert row.untestable_because is None and row.at_least <= row.effect.size <= row.at_most
            assert row.basis != "timing" or row.placebo_p is not None or row.fit_z is None
    silent = {claim.id for claim in fit.case.claims if all(r.effect is None for r in ledger if r.id == claim.id)}
    about_two_worlds = {claim.id for claim in fit.case.claims if claim.untestable_because}
    allowed = 1 if day == "account" else 0  # of those that the record could bear on
    assert len(silent - about_two_worlds) <= allowed, silent
    assert len(about_two_worlds) <= 1 and (fit.case.name != "northeast-asia" or len(silent) <= allowed)


def test_no_row_points_to_two_sides(asked):
    for row in asked[1]:
        if row.placebo_p is not None and row.expect != "?":
            side = 1.0 if row.expect == "+" else -1.0
            assert (side * row.estimate > 0.0) == (row.placebo_p <= 0.5) == (row.side == "for"), row.mechanism
            assert (row.rate_ratio > 1.0) == (row.estimate > 0.0)


def test_attribution_of_a_row_without_evidence_holds_none(asked):
    fit, ledger, _ = asked
    rows = {row.mechanism: row for row in ledger}
    shares = [share for share in attribution(fit, replays=False) if rows[share.mechanism].effect is not None]
    assert shares
    for share in shares:
        if rows[share.mechanism].grade == "none":
            assert share.share_lower <= 0.0 <= share.share_upper, share.mechanism


def test_a_grade_by_itself_is_the_ledgers(asked):
    fit, ledger, _ = asked
    rows = {row.mechanism: row for row in ledger}
    names = [m.name for m in fit.case.mechanisms]
    assert footings(fit, names) == tuple(
        rows[name].footing
        if rows[name].effect is not None
        else lynchpin.results.Footing(name, rows[name].id, "untestable", None)
        for name in names
    )


def test_every_sentence_of_a_claim_has_the_word_of_its_grade(asked):
    _, ledger, _ = asked
    told = {answer.place: answer.text.lower() for answer in evidence.answers(ledger.rows)}
    screen = "\n".join(str(part) for part in parts(ledger, 200) if isinstance(part, str))
    for row in ledger:
        said = told[evidence.place(row)]
        if row.effect is None:
            assert "cannot be tested" in said
        elif row.basis == "futures":
            assert "the model's answer and no test" in said
        else:
            assert evidence_text(row.grade, row.side) in said
            assert ("without evidence" in evidence.moved(row)) == (row.grade == "none" and row.rate_ratio is not None)
        assert not ABSURD.search(said), said
    lines = [*told.values(), evidence.whole(ledger.whole), *map(evidence.shows, ledger), screen]
    for line in lines:
        assert not ABSURD.search(line), line
    for key in ("holm_p", "bh_p"):  # what a correction keeps has a grade, or it is said that it has none
        for row in ledger:
            if getattr(row, key) is not None and getattr(row, key) <= 0.05:
                assert spoken(row.mechanism) in evidence.kept(ledger.rows, key)
                assert row.grade != "none" or "no grade" in evidence.kept(ledger.rows, key)


def test_a_what_if_says_what_its_pushes_stand_on(asked):
    fit, ledger, _ = asked
    rows = {row.mechanism: row for row in ledger}
    wanted = [{"scenario": name} for name in scenarios_of(fit.case) if name in ("push-doubled", "provocation-silenced")]
    by_grade = {rows[m.name].verdict: m.name for m in fit.case.mechanisms}
    wanted += [{"scale": [f"3 {name}"]} for name in by_grade.values()]
    for one in wanted:
        found = fit.what_if(one.get("scenario"), days=30, draws=100, **{k: v for k, v in one.items() if k == "scale"})
        assert found.evidence and found.headline in found.summary()
        for footing in found.evidence:
            row = rows[footing.mechanism]
            assert (footing.verdict, footing.side) == (row.verdict, row.side if row.effect else None)
            assert str(footing) in found.headline
            if footing.is_shown:
                assert f"{row.grade} evidence {row.side} {footing}" in found.headline
        none = [footing for footing in found.evidence if not footing.is_shown]
        assert bool(none) == bool(re.search(r"no evidence for|none for", found.headline))
        if found.is_model_alone:
            assert "no finding" in found.headline
        own = {row["name"]: row["model_alone"] for row in found.measures.iter_rows(named=True)}
        for sentence in found.sentences:
            assert not re.search(r"at (most|least) [<>]", sentence)
            way = re.search(r"\): (more|fewer)(.*)\.$", sentence)
            if way and (alone := own.get(sentence.split(": ")[0], found.is_model_alone)):
                assert alone and MODEL_ALONE in sentence


def test_a_fade_begins_with_the_grade(asked):
    fit, ledger, _ = asked
    rows = {row.mechanism: row for row in ledger if row.effect is not None}
    for name in [m.name for m in fit.case.mechanisms][:3]:
        if name not in rows:
            with pytest.raises(BadValue):
                fade(fit, name, search=False)
            continue
        push = fade(fit, name, days=30, search=False)
        assert push.evidence == rows[name].footing
        assert push.words[0].startswith(f"The record shows {evidence_text(rows[name].grade, rows[name].side)}")
        assert ("no finding" in push.words[0]) == (rows[name].grade == "none")
