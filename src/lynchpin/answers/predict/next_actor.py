"""Who acts next, on any record: fit on what came before, check on the last days held out, rank, and give reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np

from lynchpin.account.cases import Case, read_case
from lynchpin.answers.predict.choice import ChoiceModel, Options, fit_choice
from lynchpin.answers.predict.columns import GROUPS, in_words, is_absence
from lynchpin.answers.predict.counters import Float32
from lynchpin.answers.predict.facts import Facts, no_traits, traits_of_names
from lynchpin.answers.predict.history import Asked, PastFacts
from lynchpin.answers.predict.learn import described, gather, score_days
from lynchpin.answers.predict.protocol import Ranks, collect, interval, scores
from lynchpin.answers.predict.record import By, facts_of, find_act, find_actor, read_events
from lynchpin.answers.predict.recurrency import BASELINES, recurrency_ranks
from lynchpin.answers.predict.shares import descending, shares_of, with_the_act_first
from lynchpin.days import day_number, day_of, parse_day
from lynchpin.defaults import CASE, SHOWN
from lynchpin.engine.statistics.base import Floats, Ints
from lynchpin.errors import BadValue
from lynchpin.results import Candidate, Held, Prediction, Reason
from lynchpin.results import chance as chance_text

#: Share of the facts that come after the fit, for the check.
HELD_OUT = 0.15
#: Share of the facts that come before the first question learned from.
WARM_UP = 0.1
#: Most questions that a fit, and a check, rest on; more are thinned at random, or are too early.
MOST_FITTED, MOST_CHECKED = 20_000, 4_000
#: Fewest questions that a check is given for.
LEAST_CHECKED = 40
REASONS = 3
#: What ranks where the record is too short for a check.
UNCHECKED = "combined"
#: Answers' worth of the plain shares in the chances of the choice model, and their least weight there.
LEAN, LEAST = 20.0, 0.02


def predict(
    record: str | Path,
    actor: str,
    *,
    day: str | date,
    event_class: str | None = None,
    code: str | None = None,
    asked_as: Literal["receiver", "sender"] = "receiver",
    top: int = SHOWN,
    case: Case | str | Path = CASE,
    as_written: bool = False,
    options: Options | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prediction:
    """Rank the actors that an act will reach, or that it will come from.

    Parameters
    ----------
    record : name or path of a case, path of a store, or a feed file that a source knows
    actor : an ISO3 code, or a name as written
    day : date, or YYYY-MM-DD: only what was known before it is used
    event_class, code : the act, by exactly one of them
    asked_as : {"receiver", "sender"}: to whom will the actor do it, or who will do it to the actor
    top : int, >= 1, how many to give
    case : Case, or the name or path of one; its classes are used where the record is no case
    as_written : bool, actors by name instead of by state
    options : Options of the fit
    progress : called with days done and days to do

    Returns
    -------
    Prediction

    Raises
    ------
    BadValue : not exactly one of class and code, a day that is none, `top` below 1, or no history before the day
    UnknownName : no such actor or act before the day
    BadData : as for `read_events`
    """
    by, act = _act(event_class, code)
    if asked_as not in ("receiver", "sender"):
        raise BadValue(f"cannot rank by {asked_as!r}", "--as", 'it is "receiver" or "sender"')
    if top < 1:
        raise BadValue(f"cannot show {top} candidates", "--top", "ask for 1 or more")
    when = parse_day(day, name="--date")
    options = options or Options()
    of_record = Path(record).is_dir() or str(record).endswith(".toml")
    read = case if isinstance(case, Case) else read_case(record if of_record else case)
    facts = facts_of(read_events(record, when, read, by, as_written=as_written), by, as_written=as_written)
    relation = find_act(act, facts, by) + (len(facts.relations) if asked_as == "sender" else 0)
    who, today = find_actor(actor, facts), day_number(when)
    traits = traits_of_names(facts.actors, when) if as_written else no_traits(len(facts.actors))

    first, check_from = _spans(facts)
    history = PastFacts(facts, traits, check_from)
    share = min(1.0, MOST_FITTED / max(1, 2 * facts.between(first, check_from).day.size))
    sample = gather(history, first, check_from, share=share, seed=options.seed, progress=progress)
    choice = fit_choice(sample, history.ways, _for_few(options, sample.size.size))
    check_end = _check_end(facts, check_from)
    check: tuple[Held, ...] = ()
    n_checked = 2 * facts.between(check_from, check_end).day.size
    if n_checked >= LEAST_CHECKED:
        scored = score_days(history, choice, check_from, check_end, progress=progress)
        ours = collect(with_the_act_first(scored, facts), facts)
        theirs = recurrency_ranks(history, check_from, check_end)
        check = tuple(_held(name, ranks, options.seed) for name, ranks in ({"choice": ours} | theirs).items())

    history.advance_to(today)
    asked = history.ask(np.array([who]), np.array([relation]))
    z = described(history, asked)
    better = max(check, key=lambda held: held.mrr).model if check else UNCHECKED
    return Prediction(
        record=read.name if of_record else Path(record).name,
        actor=actor, act=act, day=when, by=by, asked_as=asked_as,
        candidates=_ranked(asked, choice, z, facts, relation, who, top, when, better),
        n_candidates=len(facts.actors) - 1,
        n_facts=facts.day.size, n_fitted=choice.facts,
        first_fact=day_of(facts.day[0]), last_fact=day_of(facts.day[-1]),
        held_out_from=day_of(check_from) if check else None, n_held_out=n_checked if check else 0, check=check,
        better=better,
        seed=options.seed, options=asdict(choice.options),
    )  # fmt: skip


def _act(event_class: str | None, code: str | None) -> tuple[By, str]:
    if (event_class is None) == (code is None):
        raise BadValue("an act is named by a class or by a code", "--class, --code", "give exactly one of them")
    return ("class", event_class) if event_class is not None else ("code", str(code))


def _spans(facts: Facts) -> tuple[int, int]:
    """First day to learn from, and first day of the check."""
    early, late = (int(facts.day[int(share * (facts.day.size - 1))]) for share in (WARM_UP, 1.0 - HELD_OUT))
    if late <= early:  # few days: learn from all of them
        return int(facts.day[0]), int(facts.day[-1]) + 1
    return early, late


def _check_end(facts: Facts, check_from: int) -> int:
    """The day before which the check has questions enough."""
    after = facts.day[np.searchsorted(facts.day, check_from) :]
    return int(after[min(after.size, MOST_CHECKED // 2) - 1]) + 1 if after.size else check_from


def _for_few(options: Options, questions: int) -> Options:
    """Smaller batches and more passes where there are few questions, so that there are some hundred steps."""
    batch = int(np.clip(questions // 40, 8, options.batch))
    steps = -(-questions // batch) if questions else 1
    return replace(options, batch=batch, passes=max(options.passes, -(-200 // steps)))


def _held(model: str, ranks: Ranks, seed: int) -> Held:
    found = scores(ranks)
    return Held(model, found["mrr"], *interval(ranks, seed=seed), found["hits_10"])


def _ranked(
    asked: Asked, choice: ChoiceModel, z: Float32, facts: Facts, relation: int, who: int, top: int, when: date,
    better: str,
) -> tuple[Candidate, ...]:  # fmt: skip
    """The ranking by what did better on the days held out; who never was in this act comes after all who were."""
    told = shares_of(facts, who, relation, day_number(when))
    by = {name: _baseline_score(facts, who, relation, day_number(when), name) for name in BASELINES}
    listed = asked.shortlist[0, : int(asked.size[0])]
    others = np.flatnonzero(listed != who)  # no fact here has one actor on both sides
    utility = choice.utilities(asked, z)[0, others].astype(np.float64)
    X, place = asked.X[0, others], {int(o): m for m, o in enumerate(listed[others])}
    pull = (X - X.mean(axis=0)) * choice.weights(relation, z[0])
    chance, score = told.chance, by.get(better, told.chance)
    if better == "choice":
        modelled = np.zeros(len(facts.actors))
        modelled[listed[others]] = np.exp(utility - utility.max(initial=-np.inf))
        weight = max(LEAST, LEAN / (LEAN + choice.facts))
        chance = score = (1.0 - weight) * modelled / max(modelled.sum(), 1e-300) + weight * told.chance
    # by the model, then by chance, then by name: those whom nothing tells apart stand in the order of their names
    order = sorted(
        (o for o in range(len(facts.actors)) if o != who),
        key=lambda o: (not told.has_act[o], -score[o], -told.chance[o], facts.actors[o]),
    )
    chance = descending(chance, np.array(order, dtype=np.int64))
    lower, upper = told.interval(chance)
    baseline = _places(by["combined"])
    recurred = _recurrence(facts, who, relation, day_number(when), told.base_rate, BASELINES.get(better, (0.0,))[0])
    return tuple(
        Candidate(
            rank,
            facts.actors[o],
            float(chance[o]),
            int(baseline[o]),
            (_reasons(X[place[o]], pull[place[o]]) if o in place else ()) if better == "choice" else recurred(o),
            float(lower[o]),
            float(upper[o]),
            float(told.base_rate[o]),
        )
        for rank, o in enumerate(order[:top], 1)
    )


def _reasons(x: Float32, pull: Float32) -> tuple[Reason, ...]:
    """The groups that speak most for or against a candidate. That something never was is no reason: it stays in the
    chance alone."""
    found, at = [], 0
    for group in GROUPS:
        part = slice(at, at + len(group.columns))
        at = part.stop
        weight = float(pull[part].sum())
        values = dict(zip(group.columns, x[part].tolist(), strict=True))
        says = in_words(group.name, values)
        if says and abs(weight) >= 0.05 and not is_absence(group.name, values):
            found.append(Reason(group.name, says, weight))
    return tuple(sorted(found, key=lambda reason: -abs(reason.weight))[:REASONS])


def _recurrence(
    facts: Facts, who: int, relation: int, today: int, base_rate: Floats, decay: float
) -> Callable[[int], tuple[Reason, ...]]:
    """What a baseline of recurrence counts of an actor, in words; the weight is over the mean of all actors.

    decay : of the baseline, per day, as in `BASELINES`
    """
    day, s, r, o = (column[: np.searchsorted(facts.both_ways()[0], today)] for column in facts.both_ways())
    mine = (r == relation) & (s == who)
    n = len(facts.actors)
    times, last = np.bincount(o[mine], minlength=n), np.zeros(n, np.int64)
    lately = np.bincount(o[mine], 2.0 ** (decay * (day[mine] - today)), minlength=n)
    last[o[mine]] = day[mine]  # by time: the latest stays
    of_anyone = np.bincount(o[r == relation], minlength=n)

    def reasons(one: int) -> tuple[Reason, ...]:
        found = []
        if times[one]:
            often = "once" if times[one] == 1 else f"{times[one]:,} times"
            said = f"this act {often} before, last on {day_of(int(last[one]))}"
            found.append(Reason("recurrence", said, float(np.log(lately[one] / lately.mean()))))
        if of_anyone[one]:
            said = f"{chance_text(float(base_rate[one]))} of these acts by anyone"
            found.append(Reason("recurrence", said, float(np.log(base_rate[one] / base_rate.mean()))))
        return tuple(found)

    return reasons


def _baseline_rank(facts: Facts, who: int, relation: int, today: int) -> Ints:
    """Places in the combined recurrency baseline."""
    return _places(_baseline_score(facts, who, relation, today, "combined"))


def _baseline_score(facts: Facts, who: int, relation: int, today: int, name: str) -> Floats:
    """Scores of every actor in a recurrency baseline."""
    decay, alpha = BASELINES[name]
    day, s, r, o = facts.both_ways()
    on_it = np.bincount(o[r == relation], minlength=len(facts.actors))
    own = (r == relation) & (s == who)
    strict = np.bincount(o[own], 2.0 ** (decay * (day[own] - today)), minlength=len(facts.actors))
    return np.asarray(alpha * strict + (1.0 - alpha) * on_it / max(1, on_it.sum()))


def _places(score: Floats) -> Ints:
    return np.asarray(1 + score.size - np.searchsorted(np.sort(score), score, side="right"))
