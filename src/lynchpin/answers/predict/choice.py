"""The choice model: a conditional logit of whom the act was done to, over a shortlist of candidates.

    P(o | s, r, t) = exp(x[o] . w) / sum over the shortlist of exp(x . w),    w = W + D[r] + z(s, r, t) . E

x: the statistics of a candidate; W: one weight for each; D[r]: how the act r deviates, shrunk towards nothing; z: what
the question itself looks like (how much s does, how new its partners are), by which the weights shift. No constant
of a candidate enters: two with one history have one chance.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lynchpin.answers.predict._choice_kernel import STEP, loss_and_gradient, one_batch, utilities, whole_steps
from lynchpin.answers.predict.columns import COLUMNS, START
from lynchpin.answers.predict.counters import Float32
from lynchpin.answers.predict.history import PART, Asked
from lynchpin.answers.predict.kept import Int16, Kept
from lynchpin.engine.likelihoods.newton import ascend, never
from lynchpin.engine.statistics.base import Floats
from lynchpin.errors import DidNotConverge

#: What a question looks like.
DESCRIPTORS = (
    "largest share of the act on one",
    "largest share of the act on one, 30 days",
    "largest share of all on one",
    "days since the act, one over",
    "targets of the act so far",
    "partners so far",
    "acts so far",
    "all so far",
    "partners yesterday",
    "state is known",
    "kind is known",
)


@dataclass(frozen=True, slots=True)
class Options:
    """How a choice model is fitted; chosen on the validation days of ICEWS14 (docs/explanation/predict.md)."""

    passes: int = 8
    batch: int = 1024  # questions
    rate: float = 0.01
    ridge: float = 1.0  # on W, precision of a normal prior around zero
    ridge_relation: float = 600.0  # on D
    ridge_descriptor: float = 100.0  # on E
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Questions with their answers, ready for fitting.

    Attributes
    ----------
    X : ndarray of int16, or Kept, shape (questions, most, columns), statistics in steps of 1/1024
    size : ndarray of int, shape (questions,)
    day, relation : ndarray of int, shape (questions,)
    z : ndarray, shape (questions, descriptors), as they are
    start : ndarray of int, shape (questions + 1,), where the answers of a question begin
    places : ndarray of int, shape (facts,), the place of each answer in its shortlist; who is not in it is not there
    """

    X: Int16 | Kept
    size: NDArray[np.int32]
    day: NDArray[np.int64]
    relation: NDArray[np.int64]
    z: Float32
    start: NDArray[np.int64]
    places: NDArray[np.int64]

    def of(self, which: NDArray[np.int64]) -> Sample:
        """Some questions, in the order given, with their statistics in memory."""
        counts = self.start[which + 1] - self.start[which]
        start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        at = np.arange(start[-1]) + np.repeat(self.start[which] - start[:-1], counts)
        size, day, relation, z = self.size[which], self.day[which], self.relation[which], self.z[which]
        return Sample(self.X[which], size, day, relation, z, start, self.places[at])

    def one(self, q: int) -> Int16:
        """The statistics of one question, shape (size, columns)."""
        return self.X[np.array([q])][0, : self.size[q]]


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceModel:
    """A fitted choice model.

    Attributes
    ----------
    weight : ndarray, shape (columns,), per spread of the column among the candidates of a question
    by_relation : ndarray, shape (relations both ways, columns), deviations
    by_descriptor : ndarray, shape (descriptors, columns), per standard deviation of the descriptor
    scale : ndarray, shape (columns,), one over the spread
    centre, spread : ndarray, shape (descriptors,)
    questions, facts : int, what it was fitted to
    losses : tuple of float, mean negative log likelihood per fact in each pass
    options : Options
    """

    weight: Float32
    by_relation: Float32
    by_descriptor: Float32
    scale: Float32
    centre: Float32
    spread: Float32
    questions: int
    facts: int
    losses: tuple[float, ...]
    options: Options

    def utilities(self, asked: Asked, z: Float32) -> Float32:
        """Utility of every candidate on the shortlists, shape (questions, most); -inf past the end of a list."""
        X = in_steps(asked.X)
        out = np.full(X.shape[:2], -np.inf, dtype=np.float32)
        utilities(
            X, asked.size, asked.relation, self.standard(z), self.weight, self.by_relation, self.by_descriptor,
            self.scale, out,
        )  # fmt: skip
        return out

    def standard(self, z: Float32) -> Float32:
        """Descriptors in standard deviations from the mean of the fit."""
        return np.asarray((z - self.centre) / self.spread, dtype=np.float32)

    def weights(self, relation: int, z: Float32) -> Float32:
        """Weights in force for one question, per unit of the statistic, shape (columns,)."""
        total = self.weight + self.by_relation[relation] + self.standard(z) @ self.by_descriptor
        return np.asarray(total * self.scale, dtype=np.float32)


def in_steps(X: Float32) -> Int16:
    """Statistics as whole numbers of 1/1024, at most 32 in size."""
    X = np.ascontiguousarray(X, dtype=np.float32)
    out = np.empty(X.shape, np.int16)
    whole_steps(X.reshape(-1), out.reshape(-1))
    return out


def describe(asked: Asked, known_state: NDArray[np.bool_], known_kind: NDArray[np.bool_]) -> Float32:
    """What each question looks like, from the statistics of its candidates.

    Parameters
    ----------
    asked : Asked
    known_state, known_kind : ndarray of bool, shape (questions,), of who the question is about

    Returns
    -------
    ndarray, shape (questions, len(DESCRIPTORS))
    """
    X = asked.X

    def column(name: str) -> Float32:
        return X[:, :, COLUMNS.index(name)]

    act = X[:, :, START["same_act"] + 5]
    pair = np.maximum(X[:, :, START["same_way"] + 5], X[:, :, START["other_way"] + 5])
    told = [
        column("of_act_ever").max(axis=1, initial=0.0),
        column("of_act_30d").max(axis=1, initial=0.0),
        column("of_pair_ever").max(axis=1, initial=0.0),
        column("since_same_act").max(axis=1, initial=0.0),
        np.log1p((act > 0).sum(axis=1)),
        np.log1p((pair > 0).sum(axis=1)),
        np.log1p(np.expm1(act).sum(axis=1) / 10.0),
        np.log1p(np.expm1(pair).sum(axis=1) / 10.0),
        np.sqrt(column("pair_1").sum(axis=1)),
        known_state,
        known_kind,
    ]
    return np.stack(told, axis=1).astype(np.float32)


def fit_choice(sample: Sample, n_relations: int, options: Options | None = None) -> ChoiceModel:
    """Fit a choice model: Adam in a fixed number of passes, shuffled by the seed; then Newton steps on W.

    The deviations D and E stay where Adam leaves them, short of their maximum: few passes shrink, as a ridge does.

    Parameters
    ----------
    sample : Sample; questions none of whose answers is on the shortlist are passed over
    n_relations : int, both ways
    options : Options

    Raises
    ------
    DidNotConverge : there is no question with an answer
    """
    options, given = options or Options(), sample
    if not sample.places.size:
        raise DidNotConverge("no question has an answer to learn from", "", "ask for a later day")
    rng = np.random.default_rng(options.seed)
    columns, descriptors = sample.X.shape[2], sample.z.shape[1]
    scale = _scale(sample)
    centre, spread = sample.z.mean(axis=0), sample.z.std(axis=0) + 1e-3
    sample = replace(sample, z=((sample.z - centre) / spread).astype(np.float32))
    W = np.zeros((1, columns), np.float32)
    D, E = np.zeros((n_relations, columns), np.float32), np.zeros((descriptors, columns), np.float32)
    moments = tuple(np.zeros_like(theta) for theta in (W, W, D, D, E, E))
    facts = sample.places.size
    ridges = tuple(
        np.float32(ridge / facts) for ridge in (options.ridge, options.ridge_relation, options.ridge_descriptor)
    )
    questions = sample.size.size
    steps, step, losses = options.passes * -(-questions // options.batch), 0, []
    for _ in range(options.passes):
        order, loss, learned = rng.permutation(questions), 0.0, 0
        for begin in range(0, questions, options.batch):
            part = sample.of(order[begin : begin + options.batch])
            loss, held, step = one_batch(
                part.X, part.size, part.relation, part.z, part.start, part.places, W, D, E, scale, moments, ridges,
                options.rate, step, steps, loss,
            )  # fmt: skip
            learned += held
        losses.append(float(loss) / max(learned, 1))
    fitted = ChoiceModel(W[0], D, E, scale, centre, spread, questions, facts, tuple(losses), options)
    return polished(fitted, given)


def _scale(sample: Sample, at_most: int = 4000) -> Float32:
    """One over the spread of each column among the candidates of a question; questions evenly through time."""
    every = max(1, -(-sample.size.size // at_most))
    squares, held = np.zeros(sample.X.shape[2]), 0
    for q in range(0, sample.size.size, every):
        x = sample.one(q).astype(np.float64) * STEP
        squares += ((x - x.mean(axis=0)) ** 2).sum(axis=0) if len(x) else 0.0
        held += len(x)
    return (1.0 / (np.sqrt(squares / max(held, 1)) + 1e-3)).astype(np.float32)


# -- Curvature of the likelihood in W, and the Newton steps that end a fit at its maximum there.


#: Questions that the curvature rests on, evenly through time; it is scaled up to all.
AT_MOST = 5000
NEWTON_STEPS = 3


def looked_at(sample: Sample) -> list[int]:
    """Questions with an answer, evenly through time."""
    every = max(1, -(-sample.size.size // AT_MOST))
    return [q for q in range(0, sample.size.size, every) if sample.start[q] < sample.start[q + 1]]


def expanded(choice: ChoiceModel, sample: Sample, q: int) -> tuple[Floats, Floats]:
    """Statistics of one question less their mean under the model, shape (size, columns), and the chances (size,)."""
    x = sample.one(q).astype(np.float32) * (choice.scale * np.float32(STEP))
    shift = choice.standard(sample.z[q]) @ choice.by_descriptor
    u = x @ (choice.weight + choice.by_relation[sample.relation[q]] + shift)
    p = np.exp(u - u.max())
    p /= p.sum()
    return x - p @ x, p


def information(choice: ChoiceModel, sample: Sample) -> Floats:
    """Observed information of W with the deviations held, ridge included, shape (columns, columns)."""
    k = sample.X.shape[2]
    H, held = np.zeros((k, k)), 0
    for q in looked_at(sample):
        off, p = expanded(choice, sample, q)
        answers = int(sample.start[q + 1] - sample.start[q])
        rooted = off * np.sqrt(p)[:, None]
        H += answers * (rooted.T @ rooted)
        held += answers
    return sample.places.size / max(1, held) * H + max(choice.options.ridge, 1e-3) * np.eye(k)


def loss_and_gradients(choice: ChoiceModel, sample: Sample, group: NDArray[np.int64]) -> tuple[float, Floats]:
    """Negative log likelihood of a sample, and its gradient in W summed within groups, shape (groups, columns).

    Parameters
    ----------
    choice : ChoiceModel
    sample : Sample
    group : ndarray of int, shape (questions,), 0 .. groups - 1
    """
    gradient, loss = np.zeros((int(group.max(initial=0)) + 1, choice.weight.size)), 0.0
    for begin in range(0, sample.size.size, PART):
        which = np.arange(begin, min(begin + PART, sample.size.size))
        part = sample.of(which)
        loss = loss_and_gradient(
            part.X, part.size, part.relation, choice.standard(part.z), part.start, part.places, choice.weight,
            choice.by_relation, choice.by_descriptor, choice.scale, group[which], gradient, loss,
        )  # fmt: skip
    return float(loss), gradient


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """A fit with other weights W: its log likelihood less the ridge, and Newton's step with the curvature as it was."""

    value: float
    slope: Floats
    curvature: Floats

    def step(self) -> tuple[Floats, Floats]:
        return self.slope, np.asarray(np.linalg.solve(self.curvature, self.slope), np.float64)


def polished(choice: ChoiceModel, sample: Sample) -> ChoiceModel:
    """The same fit with W at its maximum, the deviations held."""
    H, ridge, one = information(choice, sample), choice.options.ridge, np.zeros(sample.size.size, np.int64)

    def look(W: Floats) -> _Point:
        loss, gradient = loss_and_gradients(replace(choice, weight=W.astype(np.float32)), sample, one)
        return _Point(-(loss + 0.5 * ridge * float(W @ W)), -(gradient[0] + ridge * W), H)

    W = choice.weight.astype(np.float64)
    W = ascend(look, W, is_near=never, steps=NEWTON_STEPS, slack=0.0, shortest=2.0**-6).at
    return replace(choice, weight=W.astype(np.float32))
