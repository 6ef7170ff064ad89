"""Benchmarks as others lay them out: time of any whole kind, edge lists, and one error with its line where one is broken."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.predict import read_benchmark
from lynchpin.errors import BadData

STEPS = {"days": 1, "hours": 24, "quarters of an hour": 15, "unix seconds": 86_400, "years": 1}
FROM = {"days": 0, "hours": 0, "quarters of an hour": 30, "unix seconds": 788_918_400, "years": 1900}


def by_tabs(folder, times):
    """Two actors and an act at each time: train has all but the last two times."""
    (folder / "entity2id.txt").write_text("A_b\t0\nB\t1\n")
    (folder / "relation2id.txt").write_text("talks\t0\n")
    for split, part in (("train", times[:-2]), ("valid", times[-2:-1]), ("test", times[-1:])):
        (folder / f"{split}.txt").write_text("".join(f"0\t0\t1\t{time}\n" for time in part))
    return folder


def edges(folder, text, name="tkgl-made_edgelist.csv"):
    (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("kind", STEPS)
def test_time_is_counted_in_its_own_steps(tmp_path, kind):
    times = [FROM[kind] + STEPS[kind] * step for step in (0, 1, 2, 5, 6, 8)]
    facts, first = read_benchmark(by_tabs(tmp_path, times))
    assert facts["all"].day.tolist() == [0, 1, 2, 5, 6, 8] and first == (6, 8)
    assert {name: part.day.tolist() for name, part in facts.items() if name != "all"} == {
        "train": [0, 1, 2, 5], "valid": [6], "test": [8],
    }  # fmt: skip


def test_steps_that_nobody_fills_make_longer_days(tmp_path):
    """Four facts of train in 301 seconds: a day of the half-lives is what would hold a hundred of them."""
    facts, _ = read_benchmark(by_tabs(tmp_path, [1000, 1007, 1100, 1300, 1301, 1350]))
    assert facts["all"].day.tolist() == [0, 7, 100, 300, 301, 350]
    assert facts["all"].unit == facts["train"].unit == -(-100 * 301 // 4) == 7525
    assert read_benchmark(by_tabs(tmp_path, [0, 1, 2, 3, 4, 5]))[0]["all"].unit == 1


@pytest.mark.parametrize("head", ["timestamp,head,tail,relation_type", "ts,head,tail,relation_type"])
def test_an_edge_list_is_split_at_quantiles_of_its_lines(tmp_path, head):
    """Twenty lines at times 0, 10, .. 190: the quantiles 0.70 and 0.85 are 133 and 161.5, so 14, 3 and 3 lines."""
    lines = [f"{10 * k},{k % 3},{3 + k % 2},{k % 2}" for k in range(20)]
    edges(tmp_path, "\n".join([head, *reversed(lines), ""]))
    edges(tmp_path, "head,tail,relation_type\n1,2,3\n", "tkgl-made_static_edgelist.csv")
    facts, first = read_benchmark(tmp_path)
    assert np.quantile(np.arange(20) * 10, [0.70, 0.85]) == pytest.approx([133.0, 161.5])
    assert [facts[name].day.size for name in ("all", "train", "valid", "test")] == [20, 14, 3, 3] and first == (14, 17)
    told = facts["all"]
    assert told.actors == tuple("01234") and told.relations == ("0", "1")
    assert told.source.tolist() == [k % 3 for k in range(20)] and told.target.tolist() == [3 + k % 2 for k in range(20)]
    assert told.relation.tolist() == [k % 2 for k in range(20)]


def test_names_may_be_words_and_columns_in_any_order(tmp_path):
    lines = [f"Q{k % 4},{1950 + k},P31,Q{5 + k % 2}" for k in range(12)]
    facts, _ = read_benchmark(
        edges(tmp_path, "\n".join(["head,timestamp,relation_type,tail", *lines])) / "tkgl-made_edgelist.csv"
    )
    told = facts["all"]
    assert told.actors == ("Q0", "Q1", "Q2", "Q3", "Q5", "Q6") and told.relations == ("P31",)
    assert [told.actors[k] for k in told.target] == [f"Q{5 + k % 2}" for k in range(12)]


def test_numbers_as_names_stand_by_size(tmp_path):
    lines = [f"{k},{k % 11},{k % 7},0" for k in range(20)]
    facts, _ = read_benchmark(edges(tmp_path, "\n".join(["ts,head,tail,relation_type", *lines])))
    assert facts["all"].actors == tuple(str(k) for k in range(11))


def test_edges_without_an_act_and_with_dates(tmp_path):
    lines = [f"2019-01-{k + 1:02d},EHAM,K{k % 3},x,y" for k in range(20)]
    facts, _ = read_benchmark(
        edges(tmp_path, "\n".join(["day,src,dst,callsign,typecode", *lines]), "tgbl-made_edgelist.csv")
    )
    assert facts["all"].day.tolist() == list(range(20)) and facts["all"].relations == ("(one act)",)


def test_seconds_with_a_point_and_nothing_behind_it(tmp_path):
    lines = [f"{k},{k + 1},{60.0 * k}" for k in range(20)]
    facts, _ = read_benchmark(edges(tmp_path, "\n".join(["u,i,ts", *lines])))
    assert facts["all"].day.tolist() == list(range(20))


GOOD = [f"{k},{k % 3},4,0" for k in range(20)]


@pytest.mark.parametrize(
    "line, put, said",
    [
        (7, "6.5,1,4,0", "line 7"),
        (7, "yesterday,1,4,0", "'yesterday' is not a whole number of time"),
        (9, "7,,4,0", "a line has no head"),
        (9, "7,1,4", "a line has no act"),
        (9, "", "line 9"),
        (1, "when,head,tail,relation_type", "no column of the header holds the time"),
        (1, "ts,head,to,relation_type", "no column of the header holds the tail"),
    ],
)
def test_a_broken_edge_list_is_one_error_with_its_line(tmp_path, line, put, said):
    lines = ["ts,head,tail,relation_type", *GOOD]
    lines[line - 1] = put
    with pytest.raises(BadData) as caught:
        read_benchmark(edges(tmp_path, "\n".join([*lines, ""])))
    assert said in str(caught.value) and f"line {line}" in str(caught.value)


def test_edge_lists_that_cannot_be_told_apart_or_split(tmp_path):
    with pytest.raises(BadData, match="five files, or one edge list"):
        read_benchmark(tmp_path)
    edges(tmp_path, "ts,head,tail,relation_type\n")
    with pytest.raises(BadData, match="no line below its header"):
        read_benchmark(tmp_path)
    edges(tmp_path, "ts,head,tail,relation_type\n1,2,3,4\n1,3,2,4\n")
    with pytest.raises(BadData, match="no line is left for valid"):
        read_benchmark(tmp_path)
    edges(tmp_path, "", "b_edgelist.csv")
    with pytest.raises(BadData, match="more than one edge list"):
        read_benchmark(tmp_path)
    (tmp_path / "tkgl-made_edgelist.csv").unlink()
    with pytest.raises(BadData, match="cannot be read"):
        read_benchmark(tmp_path)


def test_a_clock_too_fine_for_its_span_is_refused(tmp_path):
    times = [0, 1, 2, 3, 4, 2**31 - 1]
    assert read_benchmark(by_tabs(tmp_path, times))[0]["all"].day[-1] == 2**31 - 1
    with pytest.raises(BadData, match="coarser unit"):
        read_benchmark(by_tabs(tmp_path, [*times[:-1], 2**31]))


def test_a_single_time_off_the_grid_of_all_the_others_is_a_slip(tmp_path):
    times = [24 * k for k in range(30)]
    by_tabs(tmp_path, [*times, 24 * 30 + 1])
    with pytest.raises(BadData, match="between the steps of 24") as caught:
        read_benchmark(tmp_path)
    assert "test.txt, line 1" in str(caught.value)
    facts, _ = read_benchmark(by_tabs(tmp_path, [*times, 24 * 30 + 1, 24 * 30 + 2]))
    assert facts["all"].day[-1] == 722, "two of them are times like any other"
