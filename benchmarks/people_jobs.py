"""Members at ten million events: the kit beside hand-written SQL, pandas, Polars, retentioneering.

    python benchmarks/people_jobs.py [--events N] [--large N] [--runs N] [--peers PYTHON]

Each engine answers the same question from the same Parquet file in a process of its own; the clock
runs from the file to the answer in Python, imports not counted, and engines take turns. Answers
are compared before times are. Prints JSON; the targets with what was found stand in `targets`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from math import log as ln
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
#: Which engine answers which question. Those of PEERS run in the peers' Python.
QUESTIONS = {
    "intimacy": ("ours", "sql", "polars", "pandas"),
    "cohorts": ("ours", "sql", "pandas"),
    "path": ("ours", "pandas"),
}
PEERS = ("polars", "pandas", "retentioneering", "sql")


def told() -> dict[str, Any]:
    """The kit's coefficients, caps, half-lives and thresholds, for those who do not import it."""
    from playbook.people.intimacy import levels
    from playbook.people.rules import rules, weights

    using = weights()
    return {
        "path": dict(rules()["path"]),
        "coefficient": dict(using.coefficient),
        "most": dict(using.most_a_day),
        "life": dict(using.half_life),
        "half": using.half,
        "levels": [[level["from"], level["kinds"]] for level in levels()],
    }


# --- ours -----------------------------------------------------------------------------------------


def ours_intimacy(path: str, _: Any) -> list[int]:
    """Levels without their history, as the others count them."""
    import numpy as np

    from playbook.people.base import open_log
    from playbook.people.intimacy import intimacy, reached

    with open_log(path) as log:
        found = intimacy(log)
        return [
            int(n) for n in np.bincount(reached(found.scores(), found.kinds_done()), minlength=5)
        ]


def ours_cohorts(path: str, _: Any) -> list[Any]:
    """Cohorts by month."""
    from playbook.people.base import open_log
    from playbook.people.cohorts import months

    with open_log(path) as log:
        import ibis

        table = months(log).group_by(["first", "month"]).aggregate(n=ibis._.count()).to_pandas()
        return sorted([int(r.first), int(r.month), int(r.n)] for r in table.itertuples())


def ours_path(path: str, _: Any) -> list[int]:
    """How many take each step, in order and within the window."""
    from playbook.people.base import open_log
    from playbook.people.path import steps

    with open_log(path) as log:
        table = steps(log)
        names = [
            name for name in ("acquire", "link", "activate", "convert") if name in table.columns
        ]
        return [
            int(n)
            for n in table.aggregate(**{k: table[k].count() for k in names}).to_pandas().iloc[0]
        ]


def ours_slider(path: str, _: Any) -> dict[str, float]:
    """Other coefficients, thresholds and history included, when the first answer is there."""
    from playbook.people.api import members

    with members(path) as found:
        found.score_with({"post": 3.0})
        taken = []
        for post in (1.0, 2.0, 4.0, 5.0, 6.0):
            start = time.perf_counter()
            found.score_with({"post": post})
            taken.append(time.perf_counter() - start)
        return {"seconds": statistics.median(taken), "members": len(found.intimacy.members)}


# --- others ---------------------------------------------------------------------------------------


def sql_intimacy(path: str, rule: Any) -> list[int]:
    """The best SQL that we could write for DuckDB."""
    import duckdb

    def cases(table: str, scale: float = 1.0) -> str:
        return " ".join(f"WHEN '{k}' THEN {v * scale!r}" for k, v in rule[table].items())

    lives = " ".join(f"WHEN '{k}' THEN {-ln(2) / v!r}" for k, v in rule["life"].items())
    steps = " ".join(
        f"WHEN score >= {start} AND kinds >= {kinds} THEN {place}"
        for place, (start, kinds) in reversed(list(enumerate(rule["levels"])))
    )
    query = f"""
    WITH daily AS MATERIALIZED (
      SELECT member, make_timestamp(epoch_us("at"))::DATE AS day, kind, count(*) AS n
      FROM read_parquet('{path}') GROUP BY ALL),
    last AS (SELECT max(day) AS day FROM daily),
    scored AS (
      SELECT member, count(DISTINCT kind) AS kinds,
        sum(least(n::DOUBLE, CASE kind {cases("most")} ELSE 0 END)
            * CASE kind {cases("coefficient")} ELSE 0 END
            * exp(CASE kind {lives} ELSE 0 END * (last.day - daily.day))) AS raw
      FROM daily, last GROUP BY member),
    shown AS (SELECT round(100 * raw / (raw + {rule["half"]}), 9) AS score, kinds FROM scored)
    SELECT CASE {steps} ELSE 0 END AS level, count(*) FROM shown GROUP BY 1 ORDER BY 1"""
    found = dict(duckdb.connect().execute(query).fetchall())
    return [found.get(place, 0) for place in range(5)]


def polars_intimacy(path: str, rule: Any) -> list[int]:
    """The same in Polars, lazy and streaming."""
    import polars as pl

    daily = (
        pl.scan_parquet(path).select("member", "kind", pl.col("at").dt.date().alias("day"))
        .group_by("member", "day", "kind").len("n").collect(engine="streaming")
    )  # fmt: skip
    last = daily["day"].max()

    def per(table: str) -> Any:
        return pl.col("kind").replace_strict(rule[table], default=0.0, return_dtype=pl.Float64)

    age = (pl.lit(last) - pl.col("day")).dt.total_days()
    worth = pl.min_horizontal(pl.col("n").cast(pl.Float64), per("most")) * per("coefficient")
    worth = worth * (-ln(2) * age / per("life")).exp()
    scored = (
        daily.lazy()
        .group_by("member")
        .agg(worth.sum().alias("raw"), pl.col("kind").n_unique().alias("kinds"))
    )
    score = (100 * pl.col("raw") / (pl.col("raw") + rule["half"])).round(9)
    level = pl.lit(0)
    for place, (start, kinds) in enumerate(rule["levels"]):
        level = pl.when((score >= start) & (pl.col("kinds") >= kinds)).then(place).otherwise(level)
    counted = (
        scored.select(level.alias("level")).collect(engine="streaming")["level"].value_counts()
    )
    found = dict(counted.iter_rows())
    return [found.get(place, 0) for place in range(5)]


def pandas_intimacy(path: str, rule: Any) -> list[int]:
    """The same in pandas."""
    import numpy as np
    import pandas as pd

    table = pd.read_parquet(path, columns=["member", "at", "kind"])
    table["day"] = table["at"].dt.floor("D")
    daily = table.groupby(["member", "day", "kind"], observed=True).size().rename("n").reset_index()
    age = (daily["day"].max() - daily["day"]).dt.days
    kind = daily["kind"].astype("category")
    per = {k: kind.map(rule[k]).astype(float) for k in ("most", "coefficient", "life")}
    daily["worth"] = (
        np.minimum(daily["n"], per["most"])
        * per["coefficient"]
        * np.exp(-ln(2) * age / per["life"])
    )
    by = daily.groupby("member")
    raw, kinds = by["worth"].sum(), by["kind"].nunique()
    score = np.round(100 * raw / (raw + rule["half"]), 9)
    level = np.zeros(len(score), dtype=int)
    for place, (start, least) in enumerate(rule["levels"]):
        level[(score >= start) & (kinds >= least)] = place
    return [int(n) for n in np.bincount(level, minlength=5)]


def sql_cohorts(path: str, _: Any) -> list[Any]:
    """Cohorts by month in SQL."""
    import duckdb

    query = f"""
    WITH seen AS MATERIALIZED (
      SELECT DISTINCT member, year(at) * 12 + month(at) - 1 AS month
      FROM (SELECT member, make_timestamp(epoch_us("at")) AS at FROM read_parquet('{path}'))),
    begun AS (SELECT member, min(month) AS first FROM seen GROUP BY member)
    SELECT first, month, count(*) FROM seen JOIN begun USING (member) GROUP BY ALL ORDER BY ALL"""
    return [list(row) for row in duckdb.connect().execute(query).fetchall()]


def pandas_cohorts(path: str, _: Any) -> list[Any]:
    """Cohorts by month in pandas."""
    import pandas as pd

    table = pd.read_parquet(path, columns=["member", "at"])
    table["month"] = table["at"].dt.year * 12 + table["at"].dt.month - 1
    seen = table[["member", "month"]].drop_duplicates()
    seen["first"] = seen.groupby("member")["month"].transform("min")
    counted = seen.groupby(["first", "month"]).size()
    return sorted([int(a), int(b), int(n)] for (a, b), n in counted.items())


def pandas_path(path: str, rule: Any) -> list[int]:
    """Acquire, link, activate (on three days within thirty), convert; in order, in the window."""
    import pandas as pd

    table = pd.read_parquet(path, columns=["member", "at", "kind", "target"])
    table["day"] = table["at"].dt.floor("D")
    days = table.groupby("member")["day"].min().rename("acquire").to_frame()
    talk = table[table["kind"].isin(["reply", "post"]) & table["target"].notna()]
    talk = talk[talk["target"] != talk["member"]]
    linked = pd.concat(
        [talk[["member", "day"]], talk[["target", "day"]].set_axis(["member", "day"], axis=1)]
    )
    active = table[["member", "day"]].drop_duplicates().sort_values(["member", "day"])
    before = active.groupby("member")["day"].shift(rule["path"]["active_days"] - 1)
    again = active[(active["day"] - before).dt.days < rule["path"]["within"]]
    paid = table.loc[table["kind"] == "pay", ["member", "day"]]
    last = "acquire"
    for step, source in (("link", linked), ("activate", again), ("convert", paid)):
        met = source.drop_duplicates().join(
            days[["acquire"]].rename(columns={"acquire": "since"}), on="member"
        )
        met = met.join(days[[last]].rename(columns={last: "after"}), on="member")
        met = met[
            (met["day"] >= met["after"])
            & ((met["day"] - met["since"]).dt.days <= rule["path"]["window"])
        ]
        days[step] = met.groupby("member")["day"].min()
        last = step
    return [int(days[name].count()) for name in ("acquire", "link", "activate", "convert")]


def retentioneering_path(path: str, _: Any) -> list[int]:
    """Its own funnel over four kinds, from its own load: of a pandas table."""
    import pandas as pd
    from retentioneering.eventstream import Eventstream

    table = pd.read_parquet(path, columns=["member", "at", "kind"])
    table["at"] = table["at"].dt.tz_localize(None)
    renamed = table.rename(columns={"member": "user_id", "kind": "event", "at": "timestamp"})
    stream = Eventstream(renamed)
    stream.funnel_data(steps=["read", "reply", "share", "pay"])
    return []


WORKERS = {
    f"{engine} {question}": globals()[f"{engine}_{question}"]
    for question in ("intimacy", "cohorts", "path", "slider")
    for engine in ("ours", "sql", "polars", "pandas", "retentioneering")
    if f"{engine}_{question}" in globals()
}


def worker(name: str, path: str) -> None:
    """Answer one question in this process; imports first, then the clock."""
    engine = name.split(maxsplit=1)[0]
    modules = {
        "ours": "playbook.people.api",
        "sql": "duckdb",
        "retentioneering": "retentioneering.eventstream",
    }
    __import__(modules.get(engine, engine))
    rule = json.loads(os.environ["RULES"])
    start = time.perf_counter()
    answer = WORKERS[name](path, rule)
    taken = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"seconds": taken, "peak_mb": round(peak), "answer": answer}))


def ask(name: str, path: Path, rule: Any, peers: str) -> dict[str, Any]:
    """Run a worker in a process of its own."""
    python = peers if name.split(maxsplit=1)[0] in PEERS else sys.executable
    environment = {**os.environ, "RULES": json.dumps(rule), "RETENTIONEERING_NO_TRACK": "1"}
    command = [python, str(HERE / "people_jobs.py"), "--worker", name, "--file", str(path)]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, check=False
    )
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["?"])[-1][:200]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Make the tables, let the engines take turns, compare, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--large", type=int, default=50_000_000, help="0: leave A6 out")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        worker(asked.worker, asked.file)
        return
    rule = told()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = _made(Path(folder), asked.events)
        for question, engines in QUESTIONS.items():
            found: dict[str, list[dict[str, Any]]] = {engine: [] for engine in engines}
            for turn in range(asked.runs):
                for engine in engines:
                    if turn and (
                        found[engine][0].get("failed") or found[engine][0]["seconds"] > 30
                    ):
                        continue  # what takes half a minute is run once
                    found[engine].append(ask(f"{engine} {question}", path, rule, asked.peers))
            rows += [_row(question, engine, answers) for engine, answers in found.items()]
            print(rows[-len(engines) :], file=sys.stderr, flush=True)
        slider = ask("ours slider", path, rule, asked.peers)
        smaller = _made(Path(folder), min(asked.events, 1_000_000))
        other = [ask("retentioneering path", smaller, rule, asked.peers) for _ in range(1)]
        own = [ask("ours path", smaller, rule, asked.peers) for _ in range(asked.runs)]
        rows += [_row("path 1M", "retentioneering", other), _row("path 1M", "ours", own)]
        path.unlink()
        if asked.large:
            large = _made(Path(folder), asked.large)
            rows.append(
                _row("intimacy large", "ours", [ask("ours intimacy", large, rule, asked.peers)])
            )
    told_ = {"events": asked.events, "large": asked.large, "rows": rows, "slider": slider}
    print(json.dumps({**told_, "targets": _targets(rows, slider)}))


def _made(folder: Path, events: int) -> Path:
    path = folder / f"{events}.parquet"
    if not path.exists():
        command = [sys.executable, str(HERE / "make_events.py"), str(path), "--events", str(events)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return path


def _row(question: str, engine: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
    if failed := next((a["failed"] for a in answers if "failed" in a), None):
        return {"question": question, "engine": engine, "failed": failed}
    return {
        "question": question,
        "engine": engine,
        "seconds": round(statistics.median(a["seconds"] for a in answers), 3),
        "runs": len(answers),
        "peak_mb": max(a["peak_mb"] for a in answers),
        "answer": str(answers[0]["answer"])[:200],
    }


def _targets(  # noqa: C901  # one target after the other
    rows: list[dict[str, Any]], slider: dict[str, Any]
) -> list[dict[str, Any]]:
    by = {(r["question"], r["engine"]): r for r in rows if "failed" not in r}
    found: list[dict[str, Any]] = []

    def put(name: str, target: str, said: str, met: bool | None) -> None:
        found.append({"id": name, "target": target, "found": said, "met": met})

    def ratio(question: str, engine: str, what: str = "seconds") -> float | None:
        one, other = by.get((question, "ours")), by.get((question, engine))
        return other[what] / one[what] if one and other else None

    for row in rows:
        if "failed" in row:
            put("A", f"{row['engine']} answers {row['question']}", row["failed"], None)
    if sql := ratio("intimacy", "sql"):
        put("A1", "intimacy ≤ 1.15 × hand-written DuckDB SQL", f"{1 / sql:.2f} ×", 1 / sql <= 1.15)
    if polars := ratio("intimacy", "polars"):
        put("A1", "beside Polars (its time ÷ ours)", f"{polars:.2f} ×", None)
    if pandas := ratio("intimacy", "pandas"):
        memory = 1 / (ratio("intimacy", "pandas", "peak_mb") or 1)
        said = f"{pandas:.1f} ×, memory {memory:.2f} ×"
        put(
            "A2",
            "intimacy ≥ 9 × faster than pandas, memory ≤ 0.6 ×",
            said,
            pandas >= 9 and memory <= 0.6,
        )
    for question in ("path", "cohorts"):
        if faster := ratio(question, "pandas"):
            put("A3", f"{question} ≥ 2.5 × faster than pandas", f"{faster:.1f} ×", faster >= 2.5)
    if faster := ratio("path 1M", "retentioneering"):
        put("A3", "path ≥ 10 × faster than retentioneering's funnel from its own load (1M)",
            f"{faster:.1f} ×", faster >= 10)  # fmt: skip
    if "failed" not in slider and ("intimacy", "ours") in by:
        took = slider["answer"]["seconds"]
        times = by["intimacy", "ours"]["seconds"] / took
        said = f"{took * 1000:.0f} ms at {slider['answer']['members']:,} members, {times:.0f} ×"
        put(
            "A4",
            "a slider ≤ 100 ms and ≥ 50 × faster than a full query",
            said,
            took <= 0.1 and times >= 50,
        )
    if (large := by.get(("intimacy large", "ours"))) and ("intimacy", "ours") in by:
        times = large["seconds"] / by["intimacy", "ours"]["seconds"]
        said = f"{times:.1f} ×, {large['peak_mb'] / 1000:.1f} GB"
        put(
            "A6",
            "five times the events ≤ 5.5 × the time, ≤ 3 GB",
            said,
            times <= 5.5 and large["peak_mb"] <= 3000,
        )
    same = {
        q: {r["answer"] for r in rows if r["question"] == q and "failed" not in r}
        for q in QUESTIONS
    }
    for question, answers in same.items():
        put(
            "A5",
            f"all engines answer {question} alike",
            f"{len(answers)} answer(s)",
            len(answers) == 1,
        )
    return found


if __name__ == "__main__":
    main()
