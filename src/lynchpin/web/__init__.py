"""The page: the same answers as the command line, to be looked at, moved and asked, on this machine alone.

    guard    who may ask: the host, the token, the origin of writes, the size of what is sent
    work     what is being worked out: one bounded queue, each question once, kept while there is room
    desk     what is on the table: cases, stores, and the answers that pages share
    shown    a page from its template
    api      the contract of `--json` over HTTP, and its description
    questions, params   its table of questions, and how what they ask is read
    pages    one file for each page

It imports `session`, `report` and what lies below them all; nothing but `lynchpin serve` imports it.
"""
