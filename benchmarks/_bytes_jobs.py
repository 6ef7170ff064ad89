"""What same_bytes.py runs: a command line each, in this order, in a folder that holds the inputs.

`@` is the probe of Python, `{mirror}` the address of a publisher on this machine. A job that others stand on (a
store, a case) is in FIRST, and runs with any choice of jobs.
"""

from __future__ import annotations

FIRST = """
new small
ingest chronology own.csv --store own.duckdb
ingest icews icews --store coded.duckdb --json
ingest auto gdelt --store gdelt.duckdb
structure import tables --store structure.duckdb --json
"""

HELP = """
--help
--version
brief --help
fit --help
claims --help
attribute --help
forecast --help
fade --help
whatif --help
backtest --help
agreements --help
explain --help
check --help
new --help
rem --help
ingest --help
sources --help
fetch --help
events --help
actors --help
triads --help
predict --help
sensitivity --help
track --help
track issue --help
track score --help
track list --help
store --help
store info --help
store verify --help
store export --help
store compact --help
structure --help
structure import --help
structure list --help
structure show --help
@ names
"""

#: Reading, counting, writing: no model.
RECORD = """
check
check --json
check small
check lateral --json
explain
explain --json
explain small
sources
sources --json
events --as-of 2012-07-09
events --json
events --csv
events --count year
events --count class --json
events --count type
events --count dyad
events --count status
events --dyad "KOR -- JPN" --class security_cooperation --limit 0
events --source PRK --target KOR --since 2010-01-01 --until 2012-01-01 --json
events --type CONSULT --state JPN --state KOR
events --agreement gsomia-jpn-kor
events small --events coded.duckdb --episodes
events small --events gdelt.duckdb --reach --json
events small --events gdelt.duckdb --reach
ingest chronology small/events.csv --store second.duckdb --json
ingest auto small/events.csv --store second.duckdb
ingest triples triples/events.tsv --store triples.duckdb
actors coded.duckdb
actors coded.duckdb --unresolved --json
actors coded.duckdb --json --limit 0
store info coded.duckdb
store info coded.duckdb --json --episodes
store info gdelt.duckdb --json
store verify coded.duckdb
store verify gdelt.duckdb --json
store export coded.duckdb exported
store export gdelt.duckdb exported-gdelt --json
ingest auto exported --store again.duckdb --json
store compact triples.duckdb
store compact second.duckdb --json
structure list
structure list --json
structure list structure.duckdb --json
structure list structure.duckdb
structure show KOR Japan --structure structure.duckdb --json
structure show KOR --structure structure.duckdb --on 2011-01-01
structure show JPN
triads
triads --json
triads lateral --structure structure.duckdb --json
triads lateral --structure structure.duckdb --events coded.duckdb --on 2014-06-01
fetch gdelt --since 2019-10-24 --until 2019-10-25 --dir fetched --base-url {mirror} --json
fetch gdelt --since 2019-10-24 --until 2019-10-26 --dir fetched --base-url {mirror}
"""

#: Fits of a case, what they say of the past and of the months ahead.
CASE = """
brief --as-of 2012-07-09 --json --draws 200
brief --as-of 2012-07-09 --out out --draws 200
brief --as-of 2012-07-09 --reveal --json --draws 100
brief --json --draws 200
brief small --events own.duckdb --out out-small --draws 100
brief small --events coded.duckdb --json --draws 100
fit --as-of 2012-07-09 --json
fit
fit small --events own.duckdb
fit small --events coded.duckdb --episodes --json
fit small --events coded.duckdb --reports --json
claims --as-of 2012-07-09 --json
claims small --events own.duckdb --shifts 99
claims small --events own.duckdb --json --seed 7
claims --split 2012-07-09 --json
claims small --events own.duckdb --split 2016-01-01 --split 2017-01-01
claims small --events own.duckdb --split 2016-01-01 --out split.html --quiet
claims --by dyad --json
claims small --events own.duckdb --by dyad
claims small --events own.duckdb --by dyad --out dyads.html
claims --as-of 2012-07-09 --by condition --json
claims --as-of 2012-07-09 --by condition
claims lateral --triads all --structure structure.duckdb --events coded.duckdb --json --shifts 19
claims lateral --triads all --structure structure.duckdb --events coded.duckdb --shifts 19 --out triads.html
claims lateral --triads USA-JPN-KOR --structure structure.duckdb --events coded.duckdb --shifts 19
attribute --as-of 2012-07-09 --json
attribute small --events own.duckdb
attribute small --events own.duckdb --no-replay
fade northeast-asia shared_threat --as-of 2012-07-09 --json
fade northeast-asia shared_threat --as-of 2012-07-09 --reveal --out fade.html
fade northeast-asia patron_push --as-of 2012-07-09 --dyad "KOR -> JPN" --out fade.svg
sensitivity small patron_push --events own.duckdb --json
sensitivity small patron_push --events own.duckdb --vary step,half-life --half-life 90d --shifts 19 --out curve.html
sensitivity northeast-asia shared_threat --as-of 2012-07-09 --vary counts,memory,scale
forecast --as-of 2012-07-09 --json --draws 200
forecast small --events own.duckdb --draws 200
forecast --as-of 2012-07-09 --any "PRK -> KOR : conflict" --by 2012-09-30 --draws 200 --json
forecast --as-of 2012-07-09 --any "PRK -> KOR : material_conflict" --by 2012-12-31 --draws 200
forecast --as-of 2012-07-09 --agreement gsomia-jpn-kor --by 2012-12-31 --json
forecast --as-of 2012-07-09 --agreement gsomia-jpn-kor --stage signed --by 2013-12-31
forecast --as-of 2012-07-09 --index --draws 200 --days 90 --json
forecast small --events own.duckdb --index --draws 200 --days 60
forecast small --events coded.duckdb --json --draws 100 --seed 5
whatif --list
whatif --scenario gsomia-signed --as-of 2012-07-09 --draws 200 --json
whatif --scenario dokdo-landing --as-of 2012-07-09 --draws 200 --json
whatif --scenario provocation-silenced --as-of 2012-07-09 --draws 200 --json
whatif --scenario push-doubled --as-of 2012-07-09 --draws 200 --json
whatif --scenario gsomia-signed --as-of 2012-07-09 --draws 200 --out out
whatif --as-of 2012-07-09 --draws 99 --inject "2012-08-01 PRK -> KOR : material_conflict" --scale "2 patron_push" --json
whatif --as-of 2012-07-09 --draws 100 --silence "PRK -> ally : conflict" --hold CHN
whatif --as-of 2012-07-09 --draws 100 --sign "2012-08-01 gsomia-jpn-kor" --json
whatif --as-of 2012-07-09 --draws 100 --block "2012-08-01 gsomia-jpn-kor" --json
whatif --as-of 2012-07-09 --draws 100 --postpone "2012-08-01 gsomia-jpn-kor until 2012-10-01"
backtest small --events own.duckdb --from 2016-08-01 --to 2017-02-01 --workers 1 --json
backtest small --events own.duckdb --from 2016-08-01 --to 2016-12-01 --every 2 --horizon 1m --lag 7d --out scores
backtest --dyads top:4 --events coded.duckdb --from 2015-01-01 --to 2015-04-01 --workers 1 --json
agreements
agreements --as-of 2012-07-09 --json --draws 20
agreements --as-of 2012-07-09 --agreement gsomia-jpn-kor --draws 20 --what-if sign --json
agreements --as-of 2012-07-09 --agreement gsomia-jpn-kor --draws 20 --picture agreement.svg
agreements --as-of 2012-07-09 --agreement korus --draws 20
predict --actor KOR --class grievance --date 2012-07-09 --json
predict --actor KOR --class grievance --date 2012-07-09 --as sender --top 3
predict coded.duckdb --actor JPN --code 040 --date 2015-06-01 --json
predict coded.duckdb --actor Japan --names --code 040 --date 2015-06-01
predict icews/events.tab --actor JPN --class verbal_conflict --date 2015-06-01
predict --benchmark bench --json
predict --benchmark bench --split valid
track issue small --events own.duckdb --file track.duckdb --as-of 2016-11-24 --days 60 --draws 100 --json
track issue --file track.duckdb --as-of 2012-07-09 --agreement gsomia-jpn-kor --by 2012-12-31
track score small --events own.duckdb --file track.duckdb --json
track score --file track.duckdb
track list --file track.duckdb --json
track list small --file track.duckdb
"""

#: Batches of statistics that one fit can tell apart; together every name that `lynchpin rem` knows. Each is run with
#: the likelihoods below.
STATISTICS = (
    "inertia(30d) reciprocity(30d) outdegreeSender(30d) indegreeReceiver(30d) otp(30d) itp(30d)",
    "indegreeSender(40d, scale=log1p) outdegreeReceiver(40d, scale=log1p) osp(40d) isp(40d)",
    "totaldegreeSender(60d) totaldegreeReceiver(60d) degreeDiff(60d)",
    "degreeMax(60d) degreeMin(60d) sp(60d)",
    "totaldegreeDyad(60d)",
    "psABAB psABBA psABAY psABBY psABXA psABXB",
    "psABXY recencyContinue",
    "recencySendSender recencySendReceiver recencyReceiveSender recencyReceiveReceiver rrankSend rrankReceive",
    "send(gdp) receive(gdp) same(bloc) difference(mood) tie(trade)",
    "average(gdp) maximum(mood)",
    "minimum(gdp) inertia(30d):reciprocity(30d) inertia(30d)",
    "inertia(class=talks) reciprocity(30d, class=talks|threats) otp(60d, legs=talks/threats) itp(unique)",
    "inertia(window=20d) reciprocity(weight=no) osp(window=40d, class=threats)",
    "nodeTransSender(30d) nodeTransReceiver(30d)",
    "fourCycle otpOrdered itpOrdered",
    "psABA psABB psABX",
    "tertiusReceiver(gdp) tertiusSender(gdp) tertiusDiff(gdp)",
    "type inertia(30d, type=same)",
    "inertia(scale=prop) reciprocity(scale=std) outdegreeSender(scale=prop) indegreeReceiver(30d, scale=log1p)",
)
LIKELIHOODS = ("ordinal", "interval", "rate")
_COVARIATES = "--covariate gdp=gdp.csv --covariate mood=mood.csv --covariate bloc=bloc.csv --covariate trade=trade.csv"


def _batches() -> str:
    files = {"ordinal": "acts.csv", "interval": "timed.csv", "rate": "acts.csv"}
    lines = []
    for effects in STATISTICS:
        needs = f" {_COVARIATES}" if "gdp" in effects else ""
        needs += " --typed" if effects.startswith("type ") else ""
        for kind in LIKELIHOODS:
            lines.append(f'rem {files[kind]} --likelihood {kind} --effects "{effects}"{needs} --json')
    return "\n".join(lines)


_BASIC = '"inertia(30d) reciprocity(30d)"'
_SENDERS = '"outdegreeSender(30d) indegreeSender(30d)"'
_TYPES = '"inertia(30d, class=talks) reciprocity(30d)"'

REM = f"""
{_batches()}
rem acts.csv --effects {_BASIC}
rem plain.csv --effects {_BASIC} --save plain.rem
rem dated.csv --effects "inertia(4w) reciprocity(1mo)" --half-life 30d
rem acts.csv --effects {_BASIC} --ties efron --json --save efron.rem
rem acts.csv --effects "inertia reciprocity" --half-life fit --json
rem acts.csv --effects "inertia reciprocity otp" --half-life 20d --scale log1p --decay-to previous
rem acts.csv --effects {_BASIC} --risk-set active --json
rem acts.csv --effects {_BASIC} --dyads pairs.csv --json
rem acts.csv --effects {_BASIC} --presence presence.csv --json
rem acts.csv --effects {_BASIC} --controls 5 --control-weights nested --json
rem acts.csv --effects {_BASIC} --controls 5 --control-weights weighted --seed 3
rem timed.csv --effects {_BASIC} --controls 20 --json --save sampled.rem
rem acts.csv --effects {_BASIC} --ridge 2 --json
rem acts.csv --effects {_BASIC} --random sender --random receiver --json --save random.rem
rem timed.csv --effects {_BASIC} --random dyad
rem acts.csv --effects {_BASIC} --pool --ties efron --json
rem acts.csv --effects {_BASIC} --cluster dyad --json
rem acts.csv --effects {_BASIC} --cluster time
rem acts.csv --effects {_BASIC} --workers 2 --json
rem timed.csv --likelihood interval --effects {_BASIC} --start 0 --stop 161 --save interval.rem
rem dated.csv --likelihood interval --effects {_BASIC} --start 2014-12-31 --stop 2015-06-30 --json
rem timed.csv --likelihood interval --effects {_BASIC} --random sender --json
rem timed.csv --likelihood interval --effects {_BASIC} --cluster dyad --ridge 1
rem timed.csv --likelihood interval --effects {_BASIC} --controls 10 --json
rem timed.csv --likelihood interval --effects "inertia reciprocity" --half-life fit --json
rem timed.csv --likelihood interval --risk-set senders --effects {_SENDERS} --json
rem timed.csv --likelihood interval --risk-set senders --effects {_SENDERS}
rem acts.csv --likelihood choice --effects {_BASIC} --json
rem acts.csv --likelihood choice --effects "inertia(30d) indegreeReceiver(30d) otp(30d)" --save choice.rem
rem acts.csv --likelihood choice --effects {_BASIC} --pool --json
rem acts.csv --likelihood choice --effects {_BASIC} --controls 4 --json
rem acts.csv --likelihood choice --effects "inertia reciprocity" --half-life fit
rem acts.csv --likelihood choice --effects {_BASIC} --cluster time --ridge 1 --json
rem acts.csv --likelihood rate --effects {_BASIC} --save rate.rem
rem acts.csv --likelihood rate --effects {_BASIC} --step 7 --stop 161 --json
rem acts.csv --likelihood rate --effects {_BASIC} --counts nb2 --json
rem acts.csv --likelihood rate --effects {_BASIC} --counts nb2 --random dyad --json
rem acts.csv --likelihood rate --effects {_BASIC} --random sender --random receiver --json --save rate-random.rem
rem acts.csv --likelihood rate --effects {_BASIC} --cluster dyad --json
rem acts.csv --likelihood rate --effects {_BASIC} --controls 20 --json
rem acts.csv --likelihood rate --effects "inertia reciprocity" --half-life fit --json
rem dated.csv --likelihood rate --effects {_BASIC} --step 1w --counts nb2
rem acts.csv --likelihood type --effects {_TYPES} --json
rem acts.csv --likelihood type --effects {_TYPES} --save type.rem
rem acts.csv --likelihood type --effects {_TYPES} --random dyad --json
rem acts.csv --likelihood type --effects {_TYPES} --pool --ridge 1
rem acts.csv --likelihood type --effects "inertia(class=talks) reciprocity" --half-life fit --json
rem acts.csv --likelihood type --effects {_TYPES} --cluster dyad --json
"""

#: What can be asked of each fit that was kept.
AFTER = """
@ after plain.rem later.csv
@ after efron.rem later.csv
@ after sampled.rem later.csv
@ after random.rem later.csv
@ after interval.rem later.csv
@ after choice.rem later.csv
@ after rate.rem later.csv
@ after rate-random.rem later.csv
@ after type.rem later.csv
"""

#: What a person can mend: exit code 2, and one error.
ERRORS = """
nosuch
brief north-asia
brief --as-of 2012-02-30
brief --as-of 1990-01-01
brief --as-of 1998-02-20
brief faulty/toml
brief faulty/name
check faulty/type
check faulty/says
check faulty/role
check faulty/statistic
brief --events none.duckdb
brief --events faulty/not.duckdb
brief --out faulty/not.duckdb --draws 100
fade northeast-asia no_such_mechanism
sensitivity northeast-asia no_such_mechanism
sensitivity small patron_push --vary moon
claims --by moon
claims lateral --triads all
forecast --days 3
forecast --draws 5
forecast --any "PRK => KOR" --by 2012-09-30 --as-of 2012-07-09
forecast --agreement nosuch --by 2012-12-31
whatif --scenario nosuch
whatif --inject "2012-08-01 PRK KOR" --as-of 2012-07-09
whatif --hold XYZ --as-of 2012-07-09
backtest small --from 2030-01-01
agreements --agreement nosuch
events --state XYZ
events --count moon
predict
predict --actor KOR --class nosuch --date 2012-07-09
predict --benchmark faulty
new a/b
new small --dir .
ingest icewz own.csv --store bad.duckdb
ingest chronology faulty/short.csv --store bad.duckdb
ingest icews none.tab --store bad.duckdb
fetch nosuch
fetch gdelt --since 2019-13-24
fetch gdelt --since 2019-10-24 --until 2019-10-01
structure import faulty/short.csv --store bad.duckdb
structure show Atlantis
triads nosuch
track list --file none.duckdb
track score small --file none.duckdb
store info none.duckdb
store export coded.duckdb exported --json
rem none.csv --effects inertia
rem acts.csv --effects nosuch
rem acts.csv --effects "inertia(30x)"
rem acts.csv --effects "inertia(class=nosuch)"
rem acts.csv --effects "inertia inertia"
rem acts.csv --effects "send(gdp)"
rem acts.csv --effects inertia --likelihood nosuch
rem acts.csv --effects inertia --ties nosuch
rem acts.csv --effects "inertia(scale=nosuch)"
rem acts.csv --effects inertia --risk-set nosuch
rem acts.csv --effects inertia --covariate gdp
rem acts.csv --effects inertia --random nosuch
rem acts.csv --effects inertia --random sender --cluster dyad
rem acts.csv --effects "totaldegreeSender totaldegreeReceiver totaldegreeDyad"
rem acts.csv --effects outdegreeSender --likelihood choice
rem acts.csv --effects inertia --half-life fit --start yesterday
rem plain.csv --effects inertia --likelihood type
rem loops.csv --effects inertia
rem faulty/short.csv --effects inertia
"""

#: Name of the group -> its lines, and the exit code they should end with.
GROUPS: dict[str, tuple[str, int]] = {
    "first": (FIRST, 0),
    "help": (HELP, 0),
    "record": (RECORD, 0),
    "case": (CASE, 0),
    "rem": (REM, 0),
    "after": (AFTER, 0),
    "errors": (ERRORS, 2),
}
