"""The small case that `lynchpin new` writes: twelve events whose days and parties are known by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from lynchpin.account.cases import Case, read_case
from lynchpin.account.cases.builtin import write_new_case

HISTORY = """agreement,date,precision,stage,actor,summary,source_url,status
pact,2015-07-01,day,proposed,,Said aloud.,,recalled
pact,2016-02-16,day,negotiating,,Talks.,,recalled
pact,2016-11-23,day,signed,,Signed.,,recalled
far,2015-02-01,day,proposed,,Two who are not of the case.,,recalled
late,2016-05-01,day,proposed,,Later.,,recalled
"""
AGREEMENTS = """id,title,parties,patron,kind
pact,The pact,JPN;KOR,USA,other
far,Far away,FRA;DEU,,other
late,The late one,JPN;KOR;USA,,other
"""


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("toy")
    write_new_case("toy", folder)
    return read_case(folder / "toy")


@pytest.fixture(scope="session")
def toy_with_agreements(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("toy_with_agreements")
    write_new_case("toy", folder)
    (folder / "toy" / "agreements.csv").write_text(AGREEMENTS, encoding="utf-8")
    (folder / "toy" / "stages.csv").write_text(HISTORY, encoding="utf-8")
    file = Path(folder / "toy" / "case.toml")
    keys = 'agreements = "agreements.csv"\nstages = "stages.csv"\nflagship = "pact"\n\n[nodes]'
    file.write_text(file.read_text(encoding="utf-8").replace("[nodes]", keys, 1), encoding="utf-8")
    return read_case(file)
