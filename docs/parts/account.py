"""What the embedded record says of each claim, as it stood on the day of the account and today."""

from __future__ import annotations

import lynchpin
from lynchpin.results import Claim
from parts.runs import AS_OF, CASE, run
from parts.text import as_table, prose


def account_shown() -> str:
    """One row for each mechanism: then, and with all that came after."""
    then = {claim.mechanism: claim for claim in run().claims if claim.mechanism}
    whole = lynchpin.fit(CASE)
    now = {claim.mechanism: claim for claim in whole.claims() if claim.mechanism}
    rows = [(f"{claim.id} `{name}`", claim.expect, *_cells(claim), *_cells(now[name])) for name, claim in then.items()]
    heads = ("claim", "", f"ratio, {AS_OF}", "p; gain", "verdict", "ratio, whole record", "p; gain", "verdict")
    kept = ", ".join(name for name, claim in now.items() if claim.holm_p is not None and claim.holm_p <= 0.05) or "none"
    said = (
        f"The record of {AS_OF} holds {run().provenance.events_used} events, the whole one "
        f"{whole.made_from.events_used}, to {whole.made_from.last_event_date}. Read as {len(now)} claims at once, at "
        f"5 %, Holm's correction keeps of the whole record: {kept}."
    )
    return f"{as_table(heads, rows)}\n\n{prose(said)}"


def weighty_shown() -> str:
    """For each claim that is tested, the act that weighs most, then and with all that came after."""
    lines = []
    for claim in run().claims:
        if claim.top_events:
            act = claim.top_events[0]
            lines.append(
                f"- {claim.id} `{claim.mechanism}`: {act.date} ({act.part}), {act.headline.rstrip('.')}. The ratio is "
                f"{claim.rate_ratio:.2f}, and {act.rate_ratio_without:.2f} without it."
            )
    return "\n".join(prose(line).replace("\n", "\n  ") for line in lines)


def _cells(claim: Claim) -> tuple[str, str, str]:
    if claim.rate_ratio is None:
        return "", "", claim.verdict
    ratio = f"{claim.rate_ratio:.2f} ({claim.rate_ratio_lower:.2f}–{claim.rate_ratio_upper:.2f})"
    p = "" if claim.placebo_p is None else f"{claim.placebo_p:.3f}"
    return ratio, f"{p}; {claim.heldout_gain:+.1f}", claim.verdict
