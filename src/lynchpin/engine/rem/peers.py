"""What other packages call our statistics: for errors, and for the page for those who come from there.

One table feeds both. A name that is not here says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lynchpin.errors import suggest


class Word(NamedTuple):
    """A name of an effect elsewhere.

    program, theirs : whose, and how it is written there
    ours : how the same is written here, in the words of a model; empty where it is not here
    note : of whom it is, where that is open there; what to mind; or, where it is not here, why
    command : that reads it
    """

    program: str
    theirs: str
    ours: str
    note: str = ""
    command: str = "rem"

    @property
    def statistic(self) -> str:
        """The name alone of what is ours."""
        return self.ours.partition(":")[0].partition("(")[0]


_TWO_NETWORKS = "first=a, second=b, unique, absent=0"
_SIZE = "sets of one size are compared, so that it cancels"
_GROUP = "nobody acts on a whole group here: an event has a receiver"
_COMMON = "what is common to all who are compared cancels, and the clock's likelihoods have no such covariate yet"
_SHARE = "with scale=prop; a share where nothing was yet is 1 / (n - 1) or 1 / n, as in remstats"

_OTHERS: dict[str, dict[str, tuple[str, str]]] = {
    "goldfish": {
        "inertia": ("inertia(unique)", "weighted = TRUE: inertia"),
        "tie": ("tie(x, absent=0)", ""),
        "recip": ("reciprocity(unique)", "weighted = TRUE: reciprocity"),
        "indeg": ("indegreeReceiver(unique)", "of the alter; of the ego indegreeSender(unique)"),
        "outdeg": ("outdegreeSender(unique)", "of the ego; of the alter outdegreeReceiver(unique)"),
        "nodeTrans": ("nodeTransSender(unique)", "of the ego; of the alter nodeTransReceiver(unique)"),
        "trans": ("otp(unique)", "of a sequential history: otpOrdered"),
        "cycle": ("itp(unique)", "of a sequential history: itpOrdered"),
        "commonSender": ("isp(unique)", ""),
        "commonReceiver": ("osp(unique)", ""),
        "four": ("fourCycle(unique)", ""),
        "mixedTrans": (f"otp({_TWO_NETWORKS})", "without first or second that leg is of the events"),
        "mixedCycle": (f"itp({_TWO_NETWORKS})", "receiver to third in a, third to sender in b"),
        "mixedCommonSender": (f"isp({_TWO_NETWORKS})", "third to sender in a, third to receiver in b"),
        "mixedCommonReceiver": (f"osp({_TWO_NETWORKS})", "sender to third in a, receiver to third in b"),
        "ego": ("send(x)", ""),
        "alter": ("receive(x)", ""),
        "same": ("same(x)", ""),
        "diff": ("difference(x)", ""),
        "sim": ("difference(x)", "with the sign of the coefficient turned"),
        "egoAlterInt": ("send(x):receive(y)", ""),
        "egoAlterInteraction": ("send(x):receive(y)", "its newer name"),
        "tertius": ("tertiusReceiver(x)", "of the alter; of the ego tertiusSender(x)"),
        "tertiusDiff": ("tertiusDiff(x)", ""),
    },
    "remstats": {
        "baseline": ("baseline", "there by itself where a likelihood has a clock"),
        "spUnique": ("sp(unique)", ""),
        "userStat": ("tie(x)", "a column x of --statistics-from FILE; the design is written by --table"),
        "dyad": ("tie(x)", ""),
        "FEtype": ("type", "with --typed"),
        "event": (
            "send(x)",
            "with a clock: x has one value for all actors, by dated rows; without one what is common to all cancels",
        ),
        "interact": ("a:b", "a product of two effects; of types in the risk set, with --typed, inertia(type=interact)"),
        "psABA": ("psABA", ""),
        "psABB": ("psABB", ""),
        "psABX": ("psABX", ""),
    },
    "eventnet": {
        "DYAD_STATISTIC": (
            "inertia",
            "of the attribute's type by class=; turned round reciprocity; of a covariate tie(x)",
        ),
        "DEGREE_STATISTIC": ("outdegreeSender", "OUT of the source; the others by their names: indegreeReceiver, ..."),
        "TRIANGLE_STATISTIC": (
            "otp",
            "by the directions of its legs otp, itp, osp, isp, or sp (SYM); legs= for two types, joined=product for "
            "their product",
        ),
        "FOUR_CYCLE_STATISTIC": ("fourCycle", ""),
        "NODE_STATISTIC": (
            "send(x)",
            "of the source; of the target receive(x); of both difference, same, minimum, ...",
        ),
        "NETWORK_STATISTIC": ("", _COMMON),
        "DYADIC_NEIGHBOR_STAT": (
            "tertiusReceiver(x)",
            "the mean of those who have sent to it, each once; other ways to add up are not here",
        ),
        "JACCARD_SIM_STATISTIC": ("", "no effect compares two neighbourhoods; osp(unique) counts what they share"),
        "COSINE_SIM_STATISTIC": ("", "no effect compares two neighbourhoods; osp(unique) counts what they share"),
        "UHE_SIZE_STAT": ("", _SIZE),
        "DHE_SIZE_STAT": ("", _SIZE),
    },
    "relevent": {
        "NIDSnd": ("indegreeSender", _SHARE),
        "NIDRec": ("indegreeReceiver", _SHARE),
        "NODSnd": ("outdegreeSender", _SHARE),
        "NODRec": ("outdegreeReceiver", _SHARE),
        "NTDegSnd": ("totaldegreeSender", _SHARE),
        "NTDegRec": ("totaldegreeReceiver", _SHARE),
        "FrPSndSnd": ("inertia", "with scale=prop, as a share of what the sender sent"),
        "FrRecSnd": ("reciprocity", "with scale=prop, as a share of what the sender received"),
        "RRecSnd": ("rrankReceive", ""),
        "RSndSnd": ("rrankSend", ""),
        "CovSnd": ("send(x)", ""),
        "CovRec": ("receive(x)", ""),
        "CovInt": ("average(x)", "which is half of the sum that it is there"),
        "CovEvent": ("tie(x)", ""),
        "OTPSnd": ("otp", ""),
        "ITPSnd": ("itp", ""),
        "OSPSnd": ("osp", "which is the sum that relevent's manual gives, and its code does not"),
        "ISPSnd": ("isp", ""),
        "FESnd": ("", "--random sender gives each an effect, partially pooled"),
        "FERec": ("", "--random receiver gives each an effect, partially pooled"),
        "FEInt": ("", "--random sender and receiver give each two effects, partially pooled"),
        "PSAB-BA": ("psABBA", "and the other shifts likewise"),
        "PSAB-BY": ("psABBY", ""),
        "PSAB-XA": ("psABXA", ""),
        "PSAB-XB": ("psABXB", ""),
        "PSAB-XY": ("psABXY", ""),
        "PSAB-AY": ("psABAY", ""),
        **dict.fromkeys(("PSAB-B0", "PSA0-X0", "PSA0-XA", "PSA0-XY", "PSAB-X0", "PSA0-AY", "PSAB-A0"), ("", _GROUP)),
    },
    "others": {
        "repetition": ("inertia", ""),
        "popularity": ("indegreeReceiver", ""),
        "activity": ("outdegreeSender", ""),
        "transitivity": ("otp", ""),
        "cyclic": ("itp", ""),
        "homophily": ("same(x)", ""),
    },
}

#: What `lynchpin hyper` reads.
_OF_MANY: dict[str, tuple[str, str]] = {
    "UHE_REPETITION_STAT": ("repetition", "with lynchpin hyper"),
    "DHE_REPETITION_STAT": ("repetition", "with lynchpin hyper: the same set of receivers, whoever sent"),
    "UHE_SUB_REPETITION_STAT": ("subrep(2)", "with lynchpin hyper; of order 1, 2, 3, ...; the mean over subsets"),
    "DHE_SUB_REPETITION_STAT": ("senderSubrep(2)", "with lynchpin hyper: of the same sender; of any sender subrep(2)"),
    "UHE_CLOSURE_STAT": ("closure", "with lynchpin hyper"),
    "DHE_CLOSURE_STAT": ("closure", "with lynchpin hyper: among the receivers"),
    "UHE_NODE_STAT": ("average(x)", "with lynchpin hyper; how far they are apart is difference(x)"),
    "DHE_NODE_STAT": ("average(x)", "with lynchpin hyper: of the receivers"),
}

#: What remstats calls as we do.
_SHARED = [
    "inertia",
    "reciprocity",
    "indegreeSender",
    "indegreeReceiver",
    "outdegreeSender",
    "outdegreeReceiver",
    "totaldegreeSender",
    "totaldegreeReceiver",
    "totaldegreeDyad",
    "degreeMin",
    "degreeMax",
    "degreeDiff",
    "otp",
    "itp",
    "osp",
    "isp",
    "sp",
    "psABBA",
    "psABBY",
    "psABXA",
    "psABXB",
    "psABXY",
    "psABAY",
    "psABAB",
    "rrankSend",
    "rrankReceive",
    "recencyContinue",
    "recencySendSender",
    "recencySendReceiver",
    "recencyReceiveSender",
    "recencyReceiveReceiver",
]
_OF_X = ("send", "receive", "same", "difference", "average", "minimum", "maximum", "tie")

WORDS: tuple[Word, ...] = (
    *(Word("remstats", name, name) for name in _SHARED),
    *(Word("remstats", name, f"{name}(x)") for name in _OF_X),
    *(Word(program, their, *said) for program, words in _OTHERS.items() for their, said in words.items()),
    *(Word("eventnet", their, *said, command="hyper") for their, said in _OF_MANY.items()),
)


def _key(name: str) -> str:
    """However it is written: goldfish has had node_trans and nodeTrans, and a hyphen is no part of a name here."""
    return name.replace("_", "").replace("-", "").lower()


def ours_for(name: str, known: Iterable[str]) -> str:
    """How to mend a name of a statistic that is not ours: what it is called here, else the nearest of ours.

    Examples
    --------
    >>> ours_for("recip", ["inertia", "reciprocity"])
    "write 'reciprocity', which goldfish calls recip"
    """
    names = list(known)
    exact = {ours.lower(): ours for ours in names}.get(name.lower())
    if exact is not None:
        return f"did you mean {exact!r}?"
    wanted = {"psab": "psabba"}.get(_key(name), _key(name))  # a hyphen ends a name
    for word in WORDS:
        if _key(word.theirs) != wanted:
            continue
        if not word.ours:
            return f"{word.theirs} of {word.program} is not here: {word.note}"
        if word.command == "hyper":
            return f"{word.theirs} of {word.program} is {word.ours} of lynchpin {word.command}"
        if word.statistic in names:
            if word.note.startswith(("of the ", "with scale", "and the")):
                return (
                    f"write {word.statistic!r}: {word.theirs} is that in {word.program}, {word.note.partition(';')[0]}"
                )
            calls = "call" if word.program == "others" else "calls"
            return f"write {word.statistic!r}, which {word.program} {calls} {word.theirs}"
    return suggest(name, names)
