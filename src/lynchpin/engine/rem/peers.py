"""What other packages call our statistics, so that their names are understood where they are written by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lynchpin.errors import suggest

#: Their name -> ours, and who says so. Names that they share with us are not here.
THEIR_WORDS: Mapping[str, tuple[str, str]] = {
    "recip": ("reciprocity", "goldfish"),
    "indeg": ("indegreeReceiver", "goldfish, of the alter"),
    "outdeg": ("outdegreeSender", "goldfish, of the ego"),
    "trans": ("otp", "goldfish"),
    "cycle": ("itp", "goldfish"),
    "commonSender": ("isp", "goldfish"),
    "commonReceiver": ("osp", "goldfish"),
    "ego": ("send", "goldfish"),
    "alter": ("receive", "goldfish"),
    "diff": ("difference", "goldfish"),
    "NIDSnd": ("indegreeSender", "relevent"),
    "NIDRec": ("indegreeReceiver", "relevent"),
    "NODSnd": ("outdegreeSender", "relevent"),
    "NODRec": ("outdegreeReceiver", "relevent"),
    "NTDegSnd": ("totaldegreeSender", "relevent"),
    "NTDegRec": ("totaldegreeReceiver", "relevent"),
    "FrPSndSnd": ("inertia", "relevent, as a share of what the sender sent"),
    "FrRecSnd": ("reciprocity", "relevent, as a share of what the sender received"),
    "RRecSnd": ("rrankReceive", "relevent"),
    "RSndSnd": ("rrankSend", "relevent"),
    "CovSnd": ("send", "relevent"),
    "CovRec": ("receive", "relevent"),
    "CovEvent": ("tie", "relevent"),
    "OTPSnd": ("otp", "relevent"),
    "ITPSnd": ("itp", "relevent"),
    "OSPSnd": ("osp", "relevent"),
    "ISPSnd": ("isp", "relevent"),
    "PSAB": ("psABBA", "relevent, PSAB-BA, and the other shifts likewise"),
    "repetition": ("inertia", "others"),
    "popularity": ("indegreeReceiver", "others"),
    "activity": ("outdegreeSender", "others"),
    "transitivity": ("otp", "others"),
    "cyclic": ("itp", "others"),
    "homophily": ("same", "others"),
}
_BY_KEY = {their.lower(): their for their in THEIR_WORDS}


def ours_for(name: str, known: Iterable[str]) -> str:
    """How to mend a name of a statistic that is not ours: what it is called here, else the nearest of ours.

    Examples
    --------
    >>> ours_for("recip", ["inertia", "reciprocity"])
    "write 'reciprocity', which goldfish calls recip"
    """
    names = list(known)
    their = _BY_KEY.get(name.lower())
    exact = {ours.lower(): ours for ours in names}.get(name.lower())
    if exact is not None:
        return f"did you mean {exact!r}?"
    if their is not None and THEIR_WORDS[their][0] in names:
        ours, who = THEIR_WORDS[their]
        if "," in who:
            return f"write {ours!r}: {their} is that in {who}"
        return f"write {ours!r}, which {who} {'call' if who == 'others' else 'calls'} {their}"
    return suggest(name, names)
