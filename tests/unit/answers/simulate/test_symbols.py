"""Statistics run on names give the graph of what they compute on numbers."""

from __future__ import annotations

import numpy as np
import pytest

from lynchpin.answers.simulate._kernel import evaluate
from lynchpin.answers.simulate.program import _firsts, _number
from lynchpin.answers.simulate.symbols import Graph, NotAGraph
from lynchpin.engine.statistics import of_counts
from lynchpin.model.design.layers import Layer

LAYER, N = Layer(("x",), (), 30.0), 5


def value_of(graph: Graph, number: int, traces: np.ndarray) -> float:
    """What a graph's value is on numbers, worked out by the kernel."""
    cells = [traces[i, j] for _, i, j in graph.cells]
    parts = [[_number(p, len(cells)) for p in some] for _, some, _ in graph.nodes]
    values, work = np.concatenate([cells, np.zeros(len(graph.nodes))])[:, None], np.zeros((2, 1))
    kind = np.array([kind for kind, _, _ in graph.nodes], dtype=np.int32)
    constant = np.array([c for _, _, c in graph.nodes])
    part = np.array([p for some in parts for p in some], dtype=np.int32)
    evaluate(kind, constant, _firsts(parts), part, values, work, work.view(np.int64))
    return values[_number(number, len(cells)), 0]


@pytest.mark.parametrize("statistic", of_counts().values(), ids=lambda s: s.name)
def test_every_statistic_of_counts_can_be_written_down(statistic):
    rng = np.random.default_rng(1)
    traces = rng.exponential(size=(N, N)) * (rng.random((N, N)) < 0.6)
    np.fill_diagonal(traces, 0.0)
    graph = Graph()
    names = np.log1p(statistic.of_traces(graph.traces(LAYER, N)))[0]
    numbers = {(i, j): graph.settle(names[i, j]) for i in range(N) for j in range(N) if i != j}
    expected = np.log1p(statistic.of_traces(traces[None]))[0]
    for (i, j), number in numbers.items():
        assert value_of(graph, number, traces) == pytest.approx(expected[i, j], rel=1e-12, abs=1e-12)


def test_one_expression_is_one_node():
    graph = Graph()
    x = graph.traces(LAYER, N)
    one, same = np.log1p(x[:, 0, 1] + x[:, 2, 1])[0], np.log1p(x[:, 0, 1] + x[:, 2, 1])[0]
    assert graph.settle(one) == graph.settle(same)
    assert len(graph.nodes) == 2  # the sum and its logarithm


@pytest.mark.parametrize("other", [np.sqrt, lambda x: np.minimum(x, 2.0)])
def test_what_is_no_graph_says_so(other):
    with pytest.raises(NotAGraph):
        other(Graph().traces(LAYER, N))
