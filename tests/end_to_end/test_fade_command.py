"""`lynchpin fade` from the command line: text, JSON, a page, pictures, and bad questions."""

from __future__ import annotations

import json

import pytest


def test_text_page_and_pictures(run, tmp_path):
    pytest.importorskip("vl_convert")
    for name in ("fade.html", "fade.svg", "fade.png"):
        file = tmp_path / "new" / name
        code, out, err = run("fade", "northeast-asia", "shared_threat", "--as-of", "2012-07-09", "--out", file)
        assert (code, err) == (0, "")
        assert "By the record, an act weighs half after 60 days (40 to 161;" in out
        assert file.stat().st_size > 10_000
    page = (tmp_path / "new" / "fade.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page.replace("&#39;", "'") and "C2 · Shared threat: how it fades" in page
    assert "23 Nov 2010" in page and "2012-08-10" not in page


def test_without_a_name_the_first_fitted_one_is_taken(run):
    code, out, _ = run("fade", "northeast-asia", "--as-of", "2012-07-09", "--json")
    answer = json.loads(out)
    assert code == 0 and answer["mechanism"] == "shared_threat" and answer["is_fitted"] is True
    assert run("fade", "northeast-asia", "--as-of", "2012-07-09", "--json")[1] == out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("northeast-asia", "patron_pull"), "did you mean 'patron_push'"),
        (("northeast-asia", "shared_threat", "--out", "fade.pdf"), ".html, .svg, .png"),
        (("northeast-asia", "shared_threat", "--dyad", "USA -> PRK"), "JPN -> KOR"),
        (("northeast-asia", "shared_threat", "--days", "-1"), "0 to 36525"),
    ],
)
def test_bad_questions_are_one_clear_error(run, words, said):
    code, out, err = run("fade", *words)
    assert (code, out) == (2, "") and said in err
