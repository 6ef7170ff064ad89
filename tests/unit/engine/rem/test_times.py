"""What times mean: one kind to a column and to a fit, lengths in their unit, equal but for rounding."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

import lynchpin
from lynchpin.engine.rem.effects import parse_effects
from lynchpin.engine.rem.events import stream_of
from lynchpin.engine.rem.times import Clock, read_times, rounding, without_rounding
from lynchpin.errors import LynchpinError

PAIRS = ["ab", "ba", "ac", "cb", "bc", "ab", "ca", "ba", "bc", "ac", "ab", "cb"]


def events(times, pairs=PAIRS, **more):
    n = min(len(times), len(pairs))
    columns = {"time": list(times)[:n], "sender": [p[0] for p in pairs[:n]], "receiver": [p[1] for p in pairs[:n]]}
    return pl.DataFrame({**columns, **{name: list(values)[:n] for name, values in more.items()}}, strict=False)


def day(text):
    return (
        datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    ).total_seconds() / 86_400


COLUMNS = [
    (["2011", "1987"], [2011.0, 1987.0], "years"),
    (["2011", "187"], [2011.0, 187.0], "numbers"),
    (["20120731", "20120801"], [day("2012-07-31"), day("2012-08-01")], "dates"),
    (["20120731", "20120732"], [20120731.0, 20120732.0], "numbers"),
    (["19691231", "20000229"], [-1.0, day("2000-02-29")], "dates"),
    (
        ["2012-07-09T12:00:00Z", "2012-07-09T12:00:00+02:00"],
        [day("2012-07-09T12:00"), day("2012-07-09T10:00")],
        "dates",
    ),
    (
        ["2012-07-09 12:00-0530", "2012-07-09 12:00:00.5Z"],
        [day("2012-07-09T17:30"), day("2012-07-09T12:00:00.5")],
        "dates",
    ),
    ([" 2012-07-09 ", "2012-07-09T06:00"], [day("2012-07-09"), day("2012-07-09T06:00")], "dates"),
    (["1341792000000", "1341878400000"], [1341792000000.0, 1341878400000.0], "numbers"),
    (["-3.5", "1e3"], [-3.5, 1000.0], "numbers"),
]


@pytest.mark.parametrize(("column", "when", "kind"), COLUMNS)
def test_a_whole_column_says_what_its_times_are(column, when, kind):
    read, clock = read_times(pl.Series(column), "e.csv")
    assert read.tolist() == pytest.approx(when, abs=1e-9) and clock.kind == kind


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["2012", "2012-07-09"], ("a number and a date", "lines 2 and 3")),
        (["2012-07-09", "20120710"], ("a date and a number", "lines 2 and 3")),
        (
            ["2012-07-09T12:00", "2012-07-10", "2012-07-09T12:00Z"],
            ("a date and an instant with a zone", "lines 2 and 4"),
        ),
        (["1", "2", "inf"], ("'inf' is not a time", "line 4")),
        (["2012-02-30"], ("'2012-02-30' is not a time", "line 2")),
        (["1.1", "nan"], ("'nan' is not a time", "line 3")),
        (["12/07/2012"], ("is not a time", "line 2")),
        (["12-07-09"], ("is not a time", "line 2")),
    ],
)
def test_a_column_that_does_not_agree_is_refused(column, said):
    with pytest.raises(LynchpinError) as error:
        read_times(pl.Series(column), "e.csv")
    for part in said:
        assert part in str(error.value)


def test_typed_columns_of_frames():
    zoned = pl.Series(["2012-07-09T12:00:00"]).str.to_datetime().dt.replace_time_zone("Asia/Seoul")
    assert read_times(zoned, "x")[0][0] == pytest.approx(day("2012-07-09T03:00"))
    assert read_times(pl.Series([20120731, 20120801]), "x")[1].kind == "dates"
    assert read_times(pl.Series([20120731, 20120801]), "x", unit="s")[0].tolist() == [20120731.0, 20120801.0]


YEARS = [1990 + k for k in range(12)]
DATES = [f"2012-01-{k:02d}" for k in range(1, 13)]
SECONDS = [1_220_733_470 + 100 * k for k in range(12)]
SMALL = list(range(1, 13))

MIXED = [
    (DATES, {"start": 1_341_792_000}, "events are dates, those of start are numbers that look like seconds"),
    (DATES, {"stop": 15.5}, "events are dates, those of stop are numbers"),
    (YEARS, {"start": "1995-01-01"}, "events are years, those of start are dates"),
    (YEARS, {"stop": 19960101}, "events are years, those of stop are dates"),
    (YEARS, {"stop": 30}, "events are years, those of stop are numbers"),
    (SMALL, {"start": "2012-01-03"}, "events are numbers, those of start are dates"),
    (
        SECONDS,
        {"start": 1_220_733_470_000},
        "seconds since 1970, those of start are numbers that look like milliseconds",
    ),
    (SMALL, {"stop": 1_220_733_470}, "those of stop are numbers that look like seconds"),
    (DATES, {"presence": ("a", 3, None)}, "events are dates, those of presence, column from are numbers"),
    (SMALL, {"presence": ("a", None, "2012-01-09")}, "events are numbers, those of presence, column to are dates"),
    (SMALL, {"covariate": ("2011-01-01",)}, "events are numbers, those of covariate x are dates"),
    (DATES, {"covariate": (17,)}, "events are dates, those of covariate x are numbers"),
]


@pytest.mark.parametrize(("times", "options", "said"), MIXED)
def test_two_inputs_of_one_fit_speak_one_kind_of_time(times, options, said):
    options, text = dict(options), "reciprocity"
    if "presence" in options:
        actor, begin, end = options.pop("presence")
        options["presence"] = pl.DataFrame({"actor": [actor], "from": [begin], "to": [end]})
    if "covariate" in options:
        [time] = options.pop("covariate")
        table = pl.DataFrame({"actor": list("abc"), "value": [1, 2, 3], "time": [time] * 3})
        options["covariates"], text = {"x": table}, "send(x)"
    with pytest.raises(LynchpinError, match=said):
        lynchpin.rem(events(times), text, **options)


def test_years_beside_dates_are_their_first_of_january():
    """A year is no day 2012 after 1970: the value of 2012 counts after 2012-01-01, that of 2011 on it."""
    times = ["2011-06-01", "2011-07-01", "2011-12-31", "2012-01-01", "2012-01-02", "2012-02-01"]
    table = pl.DataFrame({"actor": list("abcabc"), "time": ["2010"] * 3 + ["2012"] * 3, "value": [1, 2, 3, 5, 5, 9]})
    dated = table.with_columns(time=pl.col("time") + "-01-01")
    fits = [lynchpin.rem(events(times), "send(x)", ridge=1.0, covariates={"x": t}) for t in (table, dated)]
    assert fits[0].estimate.tolist() == fits[1].estimate.tolist()
    assert "covariate x: years are read as the first of January" in fits[0].notes
    by_year = lynchpin.rem(events(times), "inertia", start=2012, ridge=1.0)
    assert by_year.n_events == 3
    assert (
        by_year.log_likelihood == lynchpin.rem(events(times), "inertia", start="2012-01-01", ridge=1.0).log_likelihood
    )


def test_zones_are_one_clock():
    """Midnight in Seoul is 15:00 of the day before in UTC."""
    seoul = [f"2012-01-{k:02d}T00:00:00+09:00" for k in range(1, 13)]
    utc = ["2011-12-31T15:00:00", *(f"2012-01-{k:02d}T15:00:00" for k in range(1, 12))]
    a, b = lynchpin.rem(events(seoul), "inertia(3d)"), lynchpin.rem(events(utc), "inertia(3d)")
    assert a.estimate.tolist() == b.estimate.tolist() and a.stream.when.tolist() == b.stream.when.tolist()
    assert any("zone" in note for note in a.notes) and not b.notes


LENGTHS = [
    ("s", "30d", 2_592_000.0),
    ("ms", "1.5h", 5_400_000.0),
    ("min", "90s", 1.5),
    ("h", "2d", 48.0),
    ("w", "21d", 3.0),
    ("y", "1mo", 1.0 / 12.0),
    ("us", "250ms", 250_000.0),
]


@pytest.mark.parametrize(("unit", "text", "number"), LENGTHS)
def test_a_length_is_in_the_unit_of_the_times(unit, text, number):
    assert Clock("numbers", unit).length(text) == pytest.approx(number, rel=1e-14)
    assert Clock("numbers", unit).length("300") == 300.0


def test_a_month_of_seconds_is_not_thirty_seconds():
    times = [1_220_733_470 + 864_000 * k for k in range(12)]
    with pytest.raises(LynchpinError, match=r"30d is a length with a unit(.|\n)*--time-unit s: they look like seconds"):
        lynchpin.rem(events(times), "inertia(30d)")
    for text in ("inertia", "reciprocity(window=2w)"):
        said = lynchpin.rem(events(times), text, half_life="30d", time_unit="s")
        bare = lynchpin.rem(events(times), text.replace("2w", "1209600"), half_life=30 * 86_400)
        days = lynchpin.rem(events([t / 86_400 for t in times]), text, half_life="30d", time_unit="d")
        assert said.log_likelihood == bare.log_likelihood == pytest.approx(days.log_likelihood, rel=1e-9)
    assert any("look like seconds since 1970; say --time-unit s" in note for note in bare.notes)
    assert said.to_dict()["effects"] == ["reciprocity(window=1209600s)"]


def test_milliseconds_do_not_overflow():
    """The same fit in every unit, whatever the size of its numbers."""
    start = 1_341_792_000
    fits = [
        lynchpin.rem(
            events([(start + 86_400 * k) * times for k in range(12)]), "inertia(3d) reciprocity(5d)", time_unit=unit
        )
        for unit, times in (("s", 1), ("ms", 1_000), ("us", 1_000_000))
    ]
    for fit in fits[1:]:
        np.testing.assert_allclose(fit.estimate, fits[0].estimate, rtol=1e-8)
    for unit, times in (("s", 1), ("ms", 1_000)):
        table = events([(start + 86_400 * k) * times for k in range(12)])
        rate = lynchpin.rem(table, "", likelihood="rate", step="1d", time_unit=unit)
        assert rate.n_time_points == 12
        assert rate.estimate[0] == pytest.approx(np.log(12 / 72 / 86_400 / times), rel=1e-9)


def test_years_have_lengths():
    fit = lynchpin.rem(events(YEARS), "inertia(5y)")
    assert fit.log_likelihood == lynchpin.rem(events(YEARS), "inertia(5)").log_likelihood
    assert any("years (1990)" in note for note in fit.notes)
    steps = lynchpin.rem(events(YEARS), "", likelihood="rate")
    assert steps.n_time_points == 12 and steps.estimate[0] == pytest.approx(np.log(12 / 72))


def test_eight_digits_are_days():
    a = lynchpin.rem(events([20120129 + k for k in range(3)] + [20120201 + k for k in range(9)]), "inertia(3d)")
    b = lynchpin.rem(
        events([f"2012-01-{29 + k}" for k in range(3)] + [f"2012-02-0{1 + k}" for k in range(9)]), "inertia(3d)"
    )
    assert a.estimate.tolist() == b.estimate.tolist() and any("read as days (20120129)" in note for note in a.notes)


@pytest.mark.parametrize("unit", ["second", "D", ""])
def test_units_that_are_none(unit):
    with pytest.raises(LynchpinError, match="no unit of time"):
        Clock.of(np.arange(3.0), unit=unit or "sec")


def test_a_unit_is_of_numbers():
    with pytest.raises(LynchpinError, match="the times are dates"):
        lynchpin.rem(events(DATES), "inertia", time_unit="s")


@pytest.mark.parametrize("value", ["0d", "0", "-3", "nan", "inf", "1e999", "30x"])
@pytest.mark.parametrize("option", ["half_life", "step"])
def test_lengths_that_are_none(option, value):
    with pytest.raises(LynchpinError, match=r"length of time"):
        lynchpin.rem(events(DATES), "inertia", likelihood="rate", **{option: value})


def test_times_equal_but_for_rounding_are_one_time_point():
    times = [0.1 + 0.2, 0.3, 0.7, 1.0 / 3.0, 0.333333333333333, 0.9, 1.1, 1.3, 1.7, 1.9, 2.1, 2.2]
    fit = lynchpin.rem(events(times), "inertia")
    assert fit.n_time_points == 10
    [note] = [n for n in fit.notes if "one time point" in n]
    assert "(2 of 12)" in note
    near = float(note.split("within ")[1].split()[0])
    assert 0 < near < 1e-8


def test_what_differs_by_more_stays_apart():
    """Microseconds of 2008 as decimals of a second, whole milliseconds, and days to the second are no rounding."""
    assert rounding(np.array([1.2e9, 1.2e9 + 1e-5, 1.2e9 + 2e-5])) < 1e-5
    assert rounding(np.array([1.2e12, 1.2e12 + 1, 1.2e12 + 2])) == 0.0
    days = np.array([15_000.0, 15_000 + 1 / 86_400, 15_400.0])
    assert without_rounding(days)[1] == 0
    moved, count, near = without_rounding(np.array([1.5, 1.5 + 2e-16, 1.5 + 6e-16, 2.5]))
    assert (np.unique(moved).tolist(), count) == ([1.5, 2.5], 2) and near < 1e-8


def test_effects_are_written_in_the_unit_of_the_times():
    [term] = parse_effects("inertia(300)", clock=Clock("numbers"))
    assert term.text(Clock("numbers").span) == "inertia(half_life=300)"
    assert term.text(Clock("numbers", "s").span) == "inertia(half_life=300s)"
    assert term.text(Clock("dates", "d").span) == "inertia(half_life=300d)"


def test_two_columns_that_could_be_the_time():
    frame = events(SMALL, day=DATES)
    assert "events: the time is column 'time', not 'day'" in stream_of(frame).notes
