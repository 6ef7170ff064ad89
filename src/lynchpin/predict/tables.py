"""Who acts next, and a benchmark of it, as tables for a terminal."""

from __future__ import annotations

from rich.table import Table

from lynchpin.results import BenchmarkScores, Prediction


def prediction_table(found: Prediction) -> Table:
    """Who acts next: the ranking with reasons; below it, what it rests on."""
    asked = f"{found.actor} -> ?" if found.asked_as == "receiver" else f"? -> {found.actor}"
    title = f"{asked} : {found.act}, as of {found.day}"
    basis = [
        f"{found.n_facts:,} facts from {found.first_fact} to {found.last_fact} ({found.record}), {found.n_candidates} "
        f"actors; weights fitted to {found.n_fitted:,} questions; a chance is of being the one, if one such act comes."
    ]
    if found.check:
        held = "; ".join(f"{each.model} {each.mrr:.3f} ({each.lower:.3f} to {each.upper:.3f})" for each in found.check)
        basis.append(
            f"Mean reciprocal rank on {found.n_held_out:,} questions from {found.held_out_from} on, held out: {held}."
        )
        if found.better != "choice":
            basis.append(f"The {found.better} baseline did better there: read the column `baseline` too.")
    else:
        basis.append("The record is too short for a check on days held out.")
    table = Table(
        box=None, pad_edge=False, title=title, title_justify="left", caption="\n".join(basis), caption_justify="left"
    )
    for name in ("rank", "actor", "chance", "baseline", "reasons (+ for, - against)"):
        table.add_column(name, overflow="fold", justify="right" if name in ("rank", "chance", "baseline") else "left")
    for each in found.candidates:
        said = "; ".join(f"{'+' if reason.weight > 0 else '-'} {reason.says}" for reason in each.reasons)
        table.add_row(str(each.rank), each.actor, f"{each.chance:.1%}", str(each.baseline_rank), said)
    return table


def benchmark_tables(found: BenchmarkScores) -> list[Table]:
    """A benchmark: scores, our score by what the history held, and the weights by group."""
    models = Table(
        box=None, pad_edge=False, caption_justify="left",
        caption=f"{found.questions:,} questions of {found.split}, head and tail; {found.actors:,} candidates; percent; "
        f"time-aware filter; exact expectation under ties; 95% interval over days; weights fitted to {found.fitted:,} "
        f"answers of train and frozen; {found.shortlisted:.1f}% of the answers were on the shortlist of {found.most}.",
    )  # fmt: skip
    for name in ("model", "MRR", "95% interval", "H@1", "H@3", "H@10", "tail", "head"):
        models.add_column(name, justify="left" if name == "model" else "right")
    for m in found.models:
        numbers = (m.hits_1, m.hits_3, m.hits_10, m.mrr_tail, m.mrr_head)
        models.add_row(m.model, f"{m.mrr:.2f}", f"{m.lower:.2f} to {m.upper:.2f}", *(f"{v:.2f}" for v in numbers))
    parts = Table(box=None, pad_edge=False)
    for name in ("history held", "share", "MRR", "H@10"):
        parts.add_column(name, justify="left" if name == "history held" else "right")
    for part in found.by_history:
        parts.add_row(f"the {part.history}" if part.history != "neither" else "neither", *(
            f"{value:.2f}" for value in (part.share, part.mrr, part.hits_10)
        ))  # fmt: skip
    weights = Table(
        box=None, pad_edge=False, caption_justify="left",
        caption="Log-odds per spread of a statistic among the candidates of a question; standard errors by day; pull: "
        "spread of the group's part of the utility.",
    )  # fmt: skip
    for name in ("group", "statistic", "weight", "s.e.", "pull"):
        weights.add_column(name, justify="left" if name in ("group", "statistic") else "right", overflow="fold")
    for w in found.weights:
        first = (w.group, w.says) if not w.column else ("", f"  {w.column}")
        weights.add_row(*first, f"{w.estimate:+.3f}", f"{w.se:.3f}", "" if w.column else f"{w.pull:.2f}")
    return [models, parts, weights]
