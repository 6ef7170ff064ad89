"""CAMEO: what each code means in each version of the scheme, and what it is in PLOVER.

Codes are text: "010" is not "10". Their meanings moved between the Kansas list 0.5b1 of 2007 and CAMEO 1.1,
which ICEWS and GDELT follow: 163 was "halt negotiations" and became "impose embargo". Never carry a code from
one version to the other by its number. A row of the table says in `versions` where it holds; a code can have
one row for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology._tables import many, number, rows

VERSIONS = ("1.1", "0.5b1")


@dataclass(frozen=True, slots=True)
class CameoCode:
    """One code in one meaning.

    Attributes
    ----------
    code : str of 2 to 4 digits
    label : str, the label of ICEWS for 1.1, of the Kansas list for 0.5b1
    versions : tuple of str, the versions in which the code has this meaning
    type : str, PLOVER type, or OTHER for roots 01 and 02, which PLOVER drops
    mode : str, PLOVER mode within the type, or ""
    contexts : tuple of str, sorted: what the label itself says the act is about, in PLOVER's words and our
        `sanctions`
    goldstein_icews, goldstein_gdelt, goldstein_ku : float in [-10, 10], or None where that scale lacks the
        code
    checked : tuple of str, the feeds in which it was seen as given here: "icews" (code, label, score),
        "icews-label" (code, label), "gdelt" (code, score); empty when only published lists were at hand
    """

    code: str
    label: str
    versions: tuple[str, ...]
    type: str
    mode: str
    contexts: tuple[str, ...]
    goldstein_icews: float | None
    goldstein_gdelt: float | None
    goldstein_ku: float | None
    checked: tuple[str, ...]

    @property
    def root(self) -> str:
        """The two digits that name the category."""
        return self.code[:2]


@cache
def codes(version: str = "1.1") -> dict[str, CameoCode]:
    """Every code of one version, in the order of the scheme.

    Raises
    ------
    UnknownName : there is no such version
    """
    if version not in VERSIONS:
        raise UnknownName(f"no version of CAMEO named {version!r}", mend=suggest(version, VERSIONS, noun="version"))
    return {row["code"]: _read(row) for row in rows("cameo") if version in many(row["versions"])}


def find(code: str, version: str = "1.1") -> CameoCode | None:
    """As `lookup`, but None for a code that is not known."""
    return codes(version).get(code)


def lookup(code: str, version: str = "1.1") -> CameoCode:
    """What a code means.

    Parameters
    ----------
    code : str of 2 to 4 digits, exactly as in the feed
    version : {"1.1", "0.5b1"}; ICEWS and GDELT follow "1.1"

    Raises
    ------
    UnknownName : no such code in that version, or no such version

    References
    ----------
    Schrodt (2012), CAMEO codebook 1.1b3; labels and scores from the table behind ICEWS (icews R package,
    Beger) and GDELT's own look-up; 0.5b1 from CAMEO.SCALE of 21 March 2007. PLOVER types from CAMEO2PLOVER
    (2021).

    Examples
    --------
    >>> lookup("163").label, lookup("163", "0.5b1").label
    ('Impose embargo, boycott, or sanctions', 'Halt negotiations')
    """
    found = find(code, version)
    if found is None:
        padded = f"0{code}"  # a code read as a number has lost its zero
        mend = f"did you mean {padded!r}?" if padded in codes(version) else "codes are text of 2 to 4 digits: '010'"
        raise UnknownName(f"no CAMEO {version} code {code!r}", mend=mend)
    return found


def plover_type(code: str, version: str = "1.1") -> str:
    """The PLOVER type of a code, or OTHER for roots 01 and 02.

    Raises
    ------
    UnknownName : no such code

    Examples
    --------
    >>> plover_type("0314"), plover_type("019")
    ('AGREE', 'OTHER')
    """
    return lookup(code, version).type


def from_label(label: str, version: str = "1.1") -> CameoCode:
    """The code behind a label, for files that give the label only.

    Parameters
    ----------
    label : str; case does not matter, underscores and hyphens are blanks (the benchmark files lack hyphens)
    version : {"1.1", "0.5b1"}

    Returns
    -------
    CameoCode: where a root and its x0 leaf share a label ("Consult"), the leaf

    Raises
    ------
    UnknownName : no code has this label

    Examples
    --------
    >>> from_label("Sign_formal_agreement").code, from_label("consult").code
    ('057', '040')
    """
    known = _labels(version)
    found = known.get(_plain(label))
    if found is None:
        near = suggest(_plain(label), known)
        raise UnknownName(f"no CAMEO {version} label {label!r}", mend=near if len(near) < 120 else "")
    return found


@cache
def _labels(version: str) -> dict[str, CameoCode]:
    by_depth = sorted(codes(version).values(), key=lambda code: len(code.code))
    return {_plain(code.label): code for code in by_depth}  # the last one wins: the leaf


def _plain(label: str) -> str:
    return " ".join(label.replace("_", " ").replace("-", " ").casefold().split())


def _read(row: dict[str, str]) -> CameoCode:
    return CameoCode(
        code=row["code"],
        label=row["label"],
        versions=many(row["versions"]),
        type=row["type"],
        mode=row["mode"],
        contexts=many(row["contexts"]),
        goldstein_icews=number(row["goldstein_icews"]),
        goldstein_gdelt=number(row["goldstein_gdelt"]),
        goldstein_ku=number(row["goldstein_ku"]),
        checked=many(row["checked"]),
    )
