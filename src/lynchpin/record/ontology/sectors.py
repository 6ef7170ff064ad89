"""Sectors: who inside a state acts. Ours are GOV, MIL, LEG, OPP, JUD and CVL; those of feeds are mapped.

CAMEO's codes and PLOVER's are kept apart, because the same three letters differ: MED is media in one, health
in the other. ICEWS gives a list of phrases whose order carries no meaning, so the mapping is by rank: the
phrase of lowest rank in the list decides, whatever its place.

    rank   phrases                                                    sector
    1      executive office, foreign ministry                         GOV
    2      defence ministry                                           MIL
    3      executive, cabinet, other ministries, coast guard          GOV
    4      armed forces                                               MIL
    5      courts                                                     JUD
    6      inter-governmental organisations                           none
    7      parties out of government, exiles                          OPP
    8      legislatures, parties in government                        LEG
    9      rebels, separatists, gangs                                 none
    10     government (unspecified), police, state firms              GOV
    11     parties of neither side                                    none
    12     society: business, media, clergy, crowds, activists        CVL
    13     dissident, and nothing else                                OPP

A president who is also a soldier or a lawmaker is GOV; a minister of defence who sits in parliament is MIL.
Phrases that only qualify (centre right, Sunni, provincial, regional) have no rank. ICEWS files a protester
and an unnamed "main opposition" under the same phrases; crowds are CVL here, so both are.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Literal

from lynchpin.errors import UnknownName, suggest
from lynchpin.record.ontology._tables import rows

Scheme = Literal["lynchpin", "cameo", "plover", "icews"]


@dataclass(frozen=True, slots=True)
class Sector:
    """One sector code or phrase of a scheme.

    Attributes
    ----------
    scheme : str, "lynchpin", "cameo", "plover" or "icews"
    code : str, three letters; for ICEWS a phrase, in which ``*`` stands for any text
    ours : str, one of ours, or "" for none
    rank : int, which ICEWS phrase decides, 1 first; 0 elsewhere
    meaning : str, one line; empty for ICEWS, whose phrases speak for themselves
    """

    scheme: str
    code: str
    ours: str
    rank: int
    meaning: str


@cache
def sectors(scheme: Scheme) -> dict[str, Sector]:
    """The sectors of one scheme by code.

    Raises
    ------
    UnknownName : there is no such scheme
    """
    found = {
        row["code"]: Sector(row["scheme"], row["code"], row["ours"], int(row["rank"] or 0), row["meaning"])
        for row in rows("sectors")
        if row["scheme"] == scheme
    }
    if not found:
        known = {row["scheme"] for row in rows("sectors")}
        raise UnknownName(f"no scheme of sectors named {scheme!r}", mend=suggest(scheme, known, noun="scheme"))
    return found


def from_code(code: str, scheme: Literal["cameo", "plover"]) -> str:
    """Our sector for a three-letter code of a feed.

    Parameters
    ----------
    code : str, one chunk of three letters; "" and codes that are not known give ""
    scheme : {"cameo", "plover"}, whose code it is

    Returns
    -------
    str, one of ours, or ""

    Examples
    --------
    >>> from_code("COP", "cameo"), from_code("REB", "plover")
    ('GOV', '')
    """
    found = sectors(scheme).get(code.upper())
    return found.ours if found else ""


@cache
def from_icews(text: str) -> str:
    """Our sector for a list of ICEWS sector phrases.

    Parameters
    ----------
    text : str, phrases joined by commas in any order, with or without quotes around the whole

    Returns
    -------
    str, one of ours, or "" when no phrase tells (a bare country, an international body, an armed group)

    Examples
    --------
    >>> from_icews("Government,Military"), from_icews("Parties,Legislative / Parliamentary,Government")
    ('MIL', 'LEG')
    """
    said = [found for phrase in text.strip('" ').split(",") if (found := _phrase(phrase.strip(' "').casefold()))]
    return min(said, key=lambda sector: sector.rank).ours if said else ""


@cache
def _phrase(phrase: str) -> Sector | None:
    """The first ICEWS row, by rank, whose phrase or pattern fits; None for a phrase that only qualifies."""
    plain = {code.casefold(): sector for code, sector in sectors("icews").items()}
    if phrase in plain:
        return plain[phrase]
    fits = [sector for code, sector in plain.items() if "*" in code and fnmatchcase(phrase, code)]
    return min(fits, key=lambda sector: sector.rank, default=None)
