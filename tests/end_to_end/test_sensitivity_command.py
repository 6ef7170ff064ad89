"""`lynchpin sensitivity`, and `claims` by period, dyad and condition: text, JSON, pages, pictures, bad questions."""

from __future__ import annotations

import json

import pytest

NEA = ("northeast-asia", "patron_push", "--as-of", "2012-07-09")


def test_curve_as_text_json_page_and_picture(run, tmp_path):
    pytest.importorskip("vl_convert")
    few = ("--vary", "exposure", "--half-life", "21d", "--half-life", "1y")
    for name, workers in (("curve.html", "1"), ("curve.svg", "3")):
        code, out, err = run("sensitivity", *NEA, *few, "--workers", workers, "--out", tmp_path / "new" / name)
        assert (code, err) == (0, "")
        assert "12 of 12 specifications could be fitted" in " ".join(out.split())
        assert (tmp_path / "new" / name).stat().st_size > 10_000
    page = (tmp_path / "new" / "curve.html").read_text(encoding="utf-8")
    assert "C3 · Patron push" in page and "default-src 'none'" in page.replace("&#39;", "'")
    answer = json.loads(run("sensitivity", *NEA, *few, "--json")[1])
    assert [c["name"] for c in answer["choices"]][:2] == ["step", "reports"] and answer["placebo"] is None
    assert {s["half_life_days"] for s in answer["specifications"]} >= {21.0, 30.0, 60.0, 120.0}
    assert sum(s["own"] for s in answer["specifications"]) == 1


def test_claims_by_period_dyad_and_condition(run, tmp_path):
    pytest.importorskip("vl_convert")
    for words, said, title in (
        (("--split", "2010-01-01"), "no change is clear", "Each claim before and after 1 January 2010"),
        (("--by", "dyad"), "sd between dyads", "Each claim, dyad by dyad"),
    ):
        file = tmp_path / f"{words[0]}.html"
        code, out, err = run("claims", "--as-of", "2012-07-09", *words, "--out", file)
        assert (code, err) == (0, "") and said in out and title in file.read_text(encoding="utf-8")
    run("claims", "--as-of", "2012-07-09", "--split", "2010-01-01", "--out", tmp_path / "moderated.svg")
    assert "no change" in (tmp_path / "moderated.svg").read_text(encoding="utf-8")
    code, out, _ = run("claims", "--as-of", "2012-07-09", "--by", "condition")
    assert code == 0 and "patron_push where there is a -- b : grievance" in out


BAD = [
    (("sensitivity", "northeast-asia", "patron_pus"), "did you mean 'patron_push'"),
    (("sensitivity", *NEA, "--vary", "stepp"), "did you mean 'step'"),
    (("sensitivity", *NEA, "--half-life", "30"), "write a number and a unit"),
    (("sensitivity", *NEA, "--out", "curve.pdf"), ".html, .svg, .png"),
    (("sensitivity", "northeast-asia", "patron_push", "--as-of", "1990-01-01"), "was known before 1990-01-01"),
    (("claims", "--as-of", "2012-07-09", "--split", "2012-07-09"), "nothing dated on or after 2012-07-09 is known"),
    (("claims", "--as-of", "2012-07-09", "--split", "2015-01-01"), "is not before 2012-07-09"),
    (("claims", "--split", "soon"), "YYYY-MM-DD"),
    (("claims", "--split", "2010-01-01", "--by", "dyad"), "do not go together"),
    (("claims", "--by", "triad"), "write --by dyad or --by condition"),
    (("claims", "--by", "condition", "--out", "x.svg"), "leave --out away"),
    (("claims", "--out", "x.svg"), "--split DATE, --by dyad or --triads"),
]


@pytest.mark.parametrize(("words", "said"), BAD)
def test_bad_questions_are_one_clear_error(run, words, said):
    code, out, err = run(*words)
    assert (code, out) == (2, "") and said in err and "Traceback" not in err
