"""Made-up lines of GDELT, for tests and documentation."""

from __future__ import annotations

_EVENT = {
    "GLOBALEVENTID": "881990832",
    "SQLDATE": "20191024",
    "Actor1Code": "KORGOV",
    "Actor1Name": "SEOUL",
    "Actor1CountryCode": "KOR",
    "Actor1Type1Code": "GOV",
    "Actor2Code": "JPN",
    "Actor2Name": "JAPAN",
    "Actor2CountryCode": "JPN",
    "EventCode": "0314",
    "QuadClass": "1",
    "GoldsteinScale": "5.2",
    "SOURCEURL": "https://e.org/a",
}
_MENTION = {
    "GLOBALEVENTID": "881990832",
    "EventTimeDate": "20160701210000",
    "MentionTimeDate": "20170701234500",
    "MentionType": "1",
    "MentionSourceName": "paper.org",
    "MentionIdentifier": "https://e.org/a",
    "SentenceID": "4",
    "Confidence": "20",
}


def event_line(width: int = 61, **changes: str) -> str:
    """One line of the event table: 61 columns as in 2.0, 58 or 57 as in 1.0."""
    from lynchpin.sources import get

    columns = get("gdelt" if width == 61 else "gdelt-v1").columns[:width]
    added = "20191024143000" if width == 61 else "20191024"
    row = {**_EVENT, "DATEADDED": added, **changes}
    return "\t".join(row.get(name, "") for name in columns)


def mention_line(**changes: str) -> str:
    """One line of the mentions table."""
    from lynchpin.sources import get

    row = {**_MENTION, **changes}
    return "\t".join(row.get(name, "") for name in get("gdelt-mentions").columns)


REDUCED_LINE = "\x01".join(["1979", "RUSGOV", "KOR", "0841", "084", "08", "7.0", "3"])
MENTION_LINE = mention_line()
