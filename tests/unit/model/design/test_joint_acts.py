"""Joint acts: said, counted and left out by hand-made values; and acts of two alone, and of two of one role."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from lynchpin.account.cases import read_case
from lynchpin.account.cases.builtin import write_new_case
from lynchpin.account.theory import joint_acts
from lynchpin.answers.evidence.sides import cause_events
from lynchpin.errors import BadMechanism, LynchpinError
from lynchpin.model.design import build_design, expand
from lynchpin.model.design.evaluate import readings
from lynchpin.model.design.steps import lay_steps

START = date(2015, 1, 1)
DAY = 200
PUSH = "patron -- a : cooperation & patron -- b : cooperation => a -> b : cooperation"
TRIO = '[roles]\ntrio = ["USA", "JPN", "KOR"]'


def case_saying(folder, says: str, name: str = "patron_push"):
    """The small case of `lynchpin new` with a role more and one mechanism said otherwise; acts do not fade."""
    write_new_case("toy", folder)
    file = folder / "toy" / "case.toml"
    text = file.read_text()
    start = text.index(f'name = "{name}"\nclaim')
    end = text.index("expect", start)
    line = next(one for one in text[start:end].splitlines() if one.startswith("says"))
    text = text[:start] + text[start:end].replace(line, f'says = "{says}"') + text[end:]
    after = text.index("half_life", start)
    text = text[:after] + 'half_life = "none" #' + text[after:]
    file.write_text(text.replace("[roles]", TRIO, 1))
    return read_case(file)


def frame(rows):
    """Rows of (source states, target states, class), all on one day."""
    return pl.DataFrame(
        {
            "date": [START + timedelta(days=DAY)] * len(rows),
            "source": [s.split() for s, _, _ in rows],
            "target": [t.split() for _, t, _ in rows],
            "event_class": [c for *_, c in rows],
            "contexts": pl.Series([[] for _ in rows], dtype=pl.List(pl.String)),
            "source_sector": ["GOV"] * len(rows),
            "target_sector": ["GOV"] * len(rows),
        }
    )


def trace_at_end(case, rows, dyad, name="patron_push"):
    """What the cause of a mechanism counts for a dyad on the last day; acts do not fade."""
    design = build_design(case, expand(frame(rows), case), lay_steps(START, START + timedelta(days=500), 7))
    value = design.evaluator.statistic(name, dyad, design.layers)
    return float(np.expm1(value[-1]))


#: Three meet; Washington and Tokyo meet; Washington calls Seoul; Tokyo and Seoul quarrel as Washington looks on.
MEETING = ("JPN KOR USA", "JPN KOR USA", "cooperation")
TOKYO = ("JPN USA", "JPN USA", "cooperation")
SEOUL = ("USA", "KOR", "cooperation")
BOTH = ("USA", "JPN KOR", "cooperation")

VALUES = [  # what is said, rows, dyad, the trace
    (PUSH, [TOKYO, SEOUL], ("JPN", "KOR"), 1.0),  # two there, one here: the smaller
    (PUSH, [MEETING], ("JPN", "KOR"), 0.0),
    (PUSH, [MEETING] * 3 + [TOKYO, SEOUL], ("KOR", "JPN"), 1.0),
    (PUSH + " without joint acts", [MEETING] * 3 + [TOKYO, SEOUL], ("KOR", "JPN"), 1.0),
    (PUSH + " with joint acts", [MEETING] * 3 + [TOKYO, SEOUL], ("KOR", "JPN"), 7.0),
    (PUSH, [BOTH, BOTH], ("JPN", "KOR"), 2.0),  # Washington tells both the same: no act between the two
    ("USA -- JPN : cooperation => USA -- KOR : cooperation", [TOKYO, MEETING], ("USA", "KOR"), 2.0),
    ("USA -- JPN : cooperation => USA -- KOR : cooperation", [BOTH, TOKYO], ("KOR", "USA"), 2.0),
    # the past of the dyad itself counts whole, and an answer leaves out what goes both ways
    ("a -- b : cooperation => a -> b : cooperation", [MEETING, ("KOR", "JPN", "cooperation")], ("JPN", "KOR"), 3.0),
    ("a -> b : cooperation => b -> a : cooperation", [MEETING, ("KOR", "JPN", "cooperation")], ("JPN", "KOR"), 1.0),
    ("a -> b : cooperation => b -> a : cooperation with joint acts",
     [MEETING, ("KOR", "JPN", "cooperation")], ("JPN", "KOR"), 2.0),
    # acts of two alone: a third state in the act, of the case or not, leaves it out
    ("USA -- JPN : conflict alone => USA -- KOR : cooperation",
     [("JPN USA", "JPN USA", "conflict"), ("AUS JPN USA", "AUS JPN USA", "conflict"), ("USA", "JPN KOR", "conflict")],
     ("USA", "KOR"), 2.0),
    ("USA -- JPN : conflict => USA -- KOR : cooperation",
     [("JPN USA", "JPN USA", "conflict"), ("AUS JPN USA", "AUS JPN USA", "conflict"), ("USA", "JPN KOR", "conflict")],
     ("USA", "KOR"), 5.0),
    # two of one role: each pair once where all are summed, the moved pair itself where the role is on the right
    ("trio -- trio : conflict => PRK -> USA : cooperation",
     [("JPN KOR USA", "JPN KOR USA", "conflict"), ("USA", "KOR", "conflict"), ("USA", "PRK", "conflict")],
     ("PRK", "USA"), 7.0),
    ("trio -> trio : conflict => PRK -> USA : cooperation",
     [("JPN KOR USA", "JPN KOR USA", "conflict"), ("USA", "KOR", "conflict"), ("USA", "PRK", "conflict")],
     ("PRK", "USA"), 7.0),
    ("trio -- trio : conflict => PRK -> trio : cooperation",
     [("JPN KOR", "JPN KOR", "conflict"), ("USA", "KOR", "conflict")], ("PRK", "KOR"), 3.0),
    ("trio -- trio : conflict => trio -- trio : cooperation",
     [("JPN KOR", "JPN KOR", "conflict"), ("USA", "KOR", "conflict")], ("KOR", "USA"), 1.0),
    ("PRK -> trio : conflict => trio -- trio : cooperation",
     [("PRK", "KOR", "conflict"), ("PRK", "JPN USA", "conflict"), ("PRK", "JPN", "conflict")], ("JPN", "KOR"), 3.0),
    ("PRK -> USA : conflict => trio -- trio : cooperation", [("PRK", "USA", "conflict")], ("JPN", "KOR"), 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("says", "rows", "dyad", "value"), VALUES)
def test_what_a_cause_counts(tmp_path, says, rows, dyad, value):
    assert trace_at_end(case_saying(tmp_path, says), rows, dyad) == pytest.approx(value)


SAID = [
    (PUSH, "left out"),
    (PUSH + " without joint acts", "left out"),
    (PUSH + " with joint acts", "counted"),
    ("a -- b : conflict => a -> b : cooperation", "none"),  # no class is on both sides
    ("a -- b : cooperation => a -> b : cooperation", "none"),  # its own past
    ("a -> b : cooperation => b -> a : cooperation", "left out"),
    ("a -> b : any => b -> a : conflict with joint acts", "counted"),
    ("PRK -> a : conflict * shared_threat => a -> b : cooperation", "none"),
]


@pytest.mark.parametrize(("says", "what"), SAID)
def test_what_becomes_of_joint_acts_is_said(tmp_path, says, what):
    mechanism = case_saying(tmp_path, says).mechanism("patron_push")
    assert joint_acts(mechanism.checked) == what
    assert mechanism.checked.text.endswith("joint acts") == says.endswith("joint acts")


def test_joint_acts_are_no_causes_to_be_counted_and_stay_outcomes(tmp_path):
    rows = [MEETING, TOKYO, SEOUL, BOTH]
    plain, told = (case_saying(tmp_path / w.split()[0], PUSH + w) for w in (" without joint acts", " with joint acts"))
    acts = expand(frame(rows), plain)
    assert cause_events(acts, plain, plain.mechanism("patron_push")).tolist() == [False, True, True, True]
    assert cause_events(acts, told, told.mechanism("patron_push")).all()
    design = build_design(plain, acts, lay_steps(START, START + timedelta(days=500), 7))
    unit = next(u for u in design.units if (u.source, u.target, u.event_class) == ("JPN", "KOR", "cooperation"))
    assert unit.y.sum() == 1


def test_readings_that_the_cause_cannot_tell_apart_are_one(tmp_path):
    for says, ways in (
        ("PRK -> USA : conflict => a -- b : cooperation", 1),
        ("a -- b : conflict => a -- b : cooperation", 1),
        ("PRK -> a : conflict => a -- b : cooperation", 2),
        ("a -> b : conflict => a -- b : cooperation", 2),
    ):
        checked = case_saying(tmp_path / str(abs(hash(says))), says).mechanism("patron_push").checked
        assert len(readings(checked, ("JPN", "KOR"))) == ways, says


BAD = [  # text, what, column of the text
    (PUSH + " with", "'joint' is missing after 'with'", len(PUSH) + 6),
    (PUSH + " with joint", "'acts' is missing after 'with'", len(PUSH) + 12),
    (PUSH + " without joint acts twice", "'twice' does not belong here", len(PUSH) + 21),
    ("USA -> JPN : conflict => a -> b : cooperation alone", "takes no 'alone'", 47),
    ("patron -- patron : conflict => a -> b : cooperation", "can only be one and the same node", 11),
]


@pytest.mark.parametrize(("says", "what", "column"), BAD)
def test_what_does_not_read_is_pointed_at(tmp_path, says, what, column):
    with pytest.raises(BadMechanism) as caught:
        case_saying(tmp_path, says)
    assert what in caught.value.what
    assert caught.value.where.endswith(f"column {column + 8}")


def with_bloc(folder, says: str = "USA -- regional : cooperation => USA -- KOR : cooperation"):
    """The small case with two states more that act as one."""
    case_saying(folder, says.replace("regional", "JPN"))
    file = folder / "toy" / "case.toml"
    text = file.read_text().replace('says = "USA -- JPN', 'says = "USA -- regional')
    roles = TRIO + '\nregional = ["JPN", "far"]'
    file.write_text(text.replace(TRIO, roles).replace("[roles]", '[blocs]\nfar = ["AUS", "IND"]\n\n[roles]', 1))
    return read_case(file)


def test_a_bloc_acts_as_one_in_causes_and_changes_no_outcome(tmp_path):
    rows = [
        ("AUS IND USA", "AUS IND USA", "cooperation"),  # two members: one act, two ways
        ("USA", "IND", "cooperation"),
        ("AUS", "IND", "cooperation"),  # among themselves: nothing
        ("AUS KOR USA", "AUS KOR USA", "cooperation"),  # joint: an act with Korea too
    ]
    case = with_bloc(tmp_path)
    assert case.nodes[-1] == "far" and case.followed[-2:] == ("AUS", "IND") and "far" not in case.states
    assert trace_at_end(case, rows, ("USA", "KOR")) == pytest.approx(3.0)
    design = build_design(case, expand(frame(rows), case), lay_steps(START, START + timedelta(days=500), 7))
    assert {u.source for u in design.units} | {u.target for u in design.units} == set(case.states)
    assert sum(u.y.sum() for u in design.units) == 2  # of USA and Korea, both ways


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"AUS", "IND"]', '"AUS", "JPN"]', "JPN stands in the bloc 'far' and elsewhere"),
        ('"AUS", "IND"]', '"AUS", "XXX"]', "no state named 'XXX'"),
        ('"AUS", "IND"]', "]", "the bloc 'far' has no member"),
        ("far = [", "JPN = [", "the bloc 'JPN' has the name of a node"),
        ("=> USA -- KOR", "=> USA -- far", "'far' is a bloc of states"),
    ],
)
def test_a_bloc_that_cannot_be_is_refused(tmp_path, old, new, what):
    path = with_bloc(tmp_path).path
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(LynchpinError) as caught:
        read_case(path)
    assert what in caught.value.what
