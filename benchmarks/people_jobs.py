"""How fast is the member engine beside hand-written SQL, pandas, Polars, retentioneering?

Each engine answers each question in a process of its own, from a Parquet file to numbers in
Python; engines take turns; imports are not counted. The same integers must come out everywhere.

* intimacy: daily caps, half-lives, how many members reach each threshold
* funnel: read → reply → pay, each step after the one before (retentioneering too)
* path: the ordered path of the kit (acquire → link → activate → convert)
* cohort: members by month of their first event, active in which months
* slider: other coefficients for all members, thresholds and history included

`funnel` is there because it is what the peers can say; `path` is what the kit asks. Prints JSON.

Usage: people_jobs.py [--events N] [--large N] [--repeats N] [--peers PYTHON] [--folder DIR]
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
#: Kind → coefficient, at most a day, half-life: as in content/people.toml, for the peers.
RULES = {
    "read": (0.2, 10, 14), "like": (0.5, 5, 14), "vote": (1, 3, 14), "post": (2, 5, 30),
    "reply": (2, 5, 30), "share": (4, 3, 30), "invite": (10, 3, 180), "signup": (2, 2, 60),
    "attend": (6, 2, 60), "pay": (10, 2, 180),
}  # fmt: skip
AT = "2025-12-31"
STARTS = (10, 30, 55, 80)
STEPS = ("read", "reply", "pay")
WINDOW, TIMES, WITHIN = 365, 3, 30
LN2 = 0.6931471805599453
Answer = list[Any]

# ------------------------------------------------------------------ ours


def ours_intimacy(file: str) -> Answer:
    """The member engine, from opening the table on."""
    import numpy as np

    from playbook.people.base import open_log
    from playbook.people.intimacy import intimacy

    with open_log(file, at=AT) as log:
        scores = intimacy(log).scores()
    return [len(scores), *(int(np.count_nonzero(scores >= start)) for start in STARTS)]


def ours_path(file: str) -> Answer:
    """The path of the kit."""
    from playbook.people.base import open_log
    from playbook.people.path import path

    with open_log(file, at=AT) as log:
        return [step["members"] for step in path(log)["steps"] if step["members"] is not None]


def ours_funnel(file: str) -> Answer:
    """Three kinds, each after the one before."""
    from playbook.people.base import open_log
    from playbook.people.path import funnel

    with open_log(file, at=AT) as log:
        return funnel(log, STEPS)


def ours_cohort(file: str) -> Answer:
    """Monthly cohorts."""
    from playbook.people.base import open_log
    from playbook.people.cohorts import retention

    with open_log(file, at=AT) as log:
        return [n for cohort in retention(log)["cohorts"] for n in cohort["active"]]


def ours_slider(file: str) -> Answer:
    """Ten moves of a slider; the first reads what is needed."""
    from playbook.people.api import members

    with members(file, at=AT) as found:
        begin = time.perf_counter()
        found.score_with({"post": 1})
        first = time.perf_counter() - begin
        moves = []
        for n in range(10):
            begin = time.perf_counter()
            again = found.score_with({"post": 1 + n / 3, "like": n / 5})
            moves.append(time.perf_counter() - begin)
    return [len(again.members), first, statistics.median(moves)]


# ------------------------------------------------------------------ hand-written SQL

_NAIVE = 'make_timestamp(epoch_us("at"))'  # twice as fast as a cast, which asks for the zone


def _sql(file: str, query: str) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = false")
        con.execute("SET enable_progress_bar = false")
        con.execute(f"CREATE VIEW events AS SELECT * FROM read_parquet('{file}')")
        return con.execute(query).fetchall()


def duckdb_intimacy(file: str) -> Answer:
    """One query, as good as we can write it: weights joined, not looked up in a CASE."""
    rules = ", ".join(f"('{kind}', {c}, {m}, {-LN2 / h})" for kind, (c, m, h) in RULES.items())
    counts = ", ".join(f"count(*) FILTER (score >= {start})" for start in STARTS)
    return list(_sql(file, f"""
        WITH rules(kind, points, most, fades) AS (VALUES {rules}),
        daily AS (
            SELECT member, {_NAIVE}::DATE AS day, kind, count(*) AS n FROM events GROUP BY ALL),
        raw AS (
            SELECT member, sum(points * least(n, most) * exp(fades * (DATE '{AT}' - day))) AS r
            FROM daily JOIN rules USING (kind) GROUP BY member),
        scored AS (SELECT round(100 * r / (r + 20), 9) AS score FROM raw)
        SELECT count(*), {counts} FROM scored""")[0])  # fmt: skip


def duckdb_funnel(file: str) -> Answer:
    """First time of a step after the step before, by joins."""
    first, *rest = STEPS
    parts = [f"s0 AS (SELECT member, min(\"at\") t FROM events WHERE kind = '{first}' GROUP BY 1)"]
    parts += [
        f's{n} AS (SELECT e.member, min(e."at") t FROM events e JOIN s{n - 1} s USING (member)'
        f" WHERE e.kind = '{kind}' AND e.\"at\" >= s.t GROUP BY 1)"
        for n, kind in enumerate(rest, 1)
    ]
    counts = ", ".join(f"(SELECT count(*) FROM s{n})" for n in range(len(STEPS)))
    return list(_sql(file, f"WITH {', '.join(parts)} SELECT {counts}")[0])


def duckdb_cohort(file: str) -> Answer:
    """Months by arithmetic, first month by a window."""
    number = f"year({_NAIVE}) * 12 + month({_NAIVE}) - 1"
    rows = _sql(file, f"""
        WITH seen AS (SELECT DISTINCT member, {number} AS month FROM events),
        firsts AS (SELECT member, min(month) AS first FROM seen GROUP BY member)
        SELECT first, month, count(*) FROM seen JOIN firsts USING (member)
        GROUP BY 1, 2""")  # fmt: skip
    return _cohorts(rows)


def _cohorts(rows: Any) -> Answer:
    table = {(int(first), int(month)): int(n) for first, month, n in rows}
    year, month, _ = map(int, AT.split("-"))
    last = year * 12 + month
    firsts = sorted({first for first, _ in table})
    return [table.get((one, other), 0) for one in firsts for other in range(one, last)]


# ------------------------------------------------------------------ pandas


def _pandas(file: str, columns: list[str]) -> Any:
    import pandas as pd

    return pd.read_parquet(file, columns=columns)


def pandas_intimacy(file: str) -> Answer:
    """Group-bys over columns."""
    import numpy as np
    import pandas as pd

    events = _pandas(file, ["member", "at", "kind"])
    events["day"] = events["at"].dt.tz_localize(None).dt.floor("D")
    daily = events.groupby(["member", "day", "kind"], sort=False).size().reset_index(name="n")
    points, most, half = (daily["kind"].map({k: v[i] for k, v in RULES.items()}) for i in range(3))
    age = (pd.Timestamp(AT) - daily["day"]).dt.days
    daily["worth"] = points * np.minimum(daily["n"], most) * np.exp(-LN2 / half * age)
    raw = daily.groupby("member", sort=False)["worth"].sum()
    scores = (100 * raw / (raw + 20)).round(9)
    return [len(scores), *(int((scores >= start).sum()) for start in STARTS)]


def pandas_funnel(file: str) -> Answer:
    """First time of a step after the step before, by merges."""
    events = _pandas(file, ["member", "at", "kind"])
    found = events[events["kind"] == STEPS[0]].groupby("member")["at"].min()
    counts = [len(found)]
    for kind in STEPS[1:]:
        step = events[events["kind"] == kind]
        step = step[step["at"] >= step["member"].map(found)]
        found = step.groupby("member")["at"].min()
        counts.append(len(found))
    return counts


def pandas_cohort(file: str) -> Answer:
    """Months by arithmetic, first month by a transform."""
    events = _pandas(file, ["member", "at"])
    month = events["at"].dt.year * 12 + events["at"].dt.month - 1
    seen = events.assign(month=month)[["member", "month"]].drop_duplicates()
    seen["first"] = seen.groupby("member")["month"].transform("min")
    counts = seen.groupby(["first", "month"]).size()
    return _cohorts((first, month, n) for (first, month), n in counts.items())


def pandas_path(file: str) -> Answer:
    """The path of the kit, step by step."""
    import pandas as pd

    events = _pandas(file, ["member", "at", "kind", "target"])
    events["day"] = events["at"].dt.tz_localize(None).dt.floor("D")
    first = events.groupby("member")["day"].min()
    end = first + pd.Timedelta(days=WINDOW)

    def after(days: Any, since: Any) -> Any:
        known = days["member"].map(since)
        good = days[(days["day"] >= known) & (days["day"] <= days["member"].map(end))]
        return good.groupby("member")["day"].min()

    told = events[events["kind"].isin(["reply", "post"]) & events["target"].notna()]
    told = told[told["target"] != told["member"]]
    back = told[["target", "day"]].rename(columns={"target": "member"})
    link = after(pd.concat([told[["member", "day"]], back]), first)
    days = events[["member", "day"]].drop_duplicates().sort_values(["member", "day"])
    earlier = days.groupby("member")["day"].shift(TIMES - 1)
    active = after(days[(days["day"] - earlier).dt.days < WITHIN], link)
    paid = after(events.loc[events["kind"] == "pay", ["member", "day"]], active)
    return [len(first), len(link), len(active), len(paid)]


# ------------------------------------------------------------------ Polars


def polars_intimacy(file: str) -> Answer:
    """Lazy and streaming."""
    import polars as pl

    rules = pl.LazyFrame(
        [(kind, float(c), m, -LN2 / h) for kind, (c, m, h) in RULES.items()],
        schema=["kind", "points", "most", "fades"],
        orient="row",
    )
    age = (pl.lit(AT).str.to_date() - pl.col("day")).dt.total_days()
    daily = (
        pl.scan_parquet(file)
        .group_by("member", pl.col("at").dt.date().alias("day"), "kind")
        .agg(pl.len().alias("n"))
        .join(rules, on="kind")
    )
    worth = pl.col("points") * pl.min_horizontal("n", "most") * (pl.col("fades") * age).exp()
    raw = daily.group_by("member").agg(worth.sum().alias("r"))
    score = (100 * pl.col("r") / (pl.col("r") + 20)).round(9)
    counts = [(score >= start).sum().alias(f"s{start}") for start in STARTS]
    return list(raw.select(pl.len(), *counts).collect(engine="streaming").row(0))


def polars_funnel(file: str) -> Answer:
    """First time of a step after the step before, by joins."""
    import polars as pl

    events = pl.scan_parquet(file).select("member", "at", "kind")
    step = events.filter(pl.col("kind") == STEPS[0]).group_by("member").agg(t=pl.col("at").min())
    counted = [step]
    for kind in STEPS[1:]:
        met = events.filter(pl.col("kind") == kind).join(step, on="member")
        step = met.filter(pl.col("at") >= pl.col("t")).group_by("member").agg(t=pl.col("at").min())
        counted.append(step)
    lazy = [one.select(pl.len()) for one in counted]
    return [int(found.item()) for found in pl.collect_all(lazy)]


def polars_cohort(file: str) -> Answer:
    """Months by arithmetic, first month by a join."""
    import polars as pl

    at = pl.col("at")
    month = (at.dt.year().cast(pl.Int32) * 12 + at.dt.month() - 1).alias("month")
    seen = pl.scan_parquet(file).select("member", month).unique()
    firsts = seen.group_by("member").agg(first=pl.col("month").min())
    rows = seen.join(firsts, on="member").group_by("first", "month").len()
    return _cohorts(rows.collect(engine="streaming").rows())


# ------------------------------------------------------------------ retentioneering


def retentioneering_funnel(file: str) -> Answer:
    """From its own load (a pandas frame) to the same counts."""
    from retentioneering import Eventstream

    events = _pandas(file, ["member", "at", "kind"])
    names = {"member": "user_id", "kind": "event", "at": "timestamp"}
    stream = Eventstream(events.rename(columns=names))
    return [int(step["unique_paths"]) for step in stream.funnel_data(steps=list(STEPS))["steps"]]


JOBS: dict[str, Callable[[str], Answer]] = {
    name: job for name, job in list(globals().items()) if "_" in name and callable(job)
}
QUESTIONS = {
    "intimacy": ("ours", "duckdb", "pandas", "polars"),
    "funnel": ("ours", "duckdb", "pandas", "polars", "retentioneering"),
    "path": ("ours", "pandas"),
    "cohort": ("ours", "duckdb", "pandas", "polars"),
    "slider": ("ours",),
}
MODULES = {
    "ours": "playbook.people.api", "duckdb": "duckdb", "pandas": "pandas", "polars": "polars",
    "retentioneering": "retentioneering",
}  # fmt: skip


def one(name: str, file: str) -> None:
    """Answer one question in this process, and print time, memory and answer."""
    __import__(MODULES[name.partition("_")[0]])
    if name.startswith("ours"):
        import ibis

        ibis.duckdb.connect().disconnect()  # Ibis loads its backends when the first is asked for
    begin = time.perf_counter()
    answer = JOBS[name](file)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"s": seconds, "mb": peak, "answer": answer}))


def ask(engine: str, question: str, file: str, peers: str) -> dict[str, Any]:
    """Have one question answered in a process of its own."""
    python = sys.executable if engine in ("ours", "duckdb", "pandas") else peers
    environment = {**os.environ, "RETENTIONEERING_NO_TRACK": "1"}
    environment["PYTHONPATH"] = str(HERE.parents[1]) if engine == "ours" else ""
    done = subprocess.run(
        [python, "-W", "ignore", str(HERE), "--one", f"{engine}_{question}", "--file", file],
        capture_output=True, encoding="utf-8", env=environment, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1][:200] if done.stderr else "killed"}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(file: str, repeats: int, peers: str) -> dict[str, Any]:
    """Every question by every engine, in turn; the median of `repeats`."""
    found: dict[str, Any] = {}
    for question, engines in QUESTIONS.items():
        runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in engines}
        for _ in range(repeats):
            for engine in engines:
                if not any("failed" in run for run in runs[engine]):
                    runs[engine].append(ask(engine, question, file, peers))
        rows: dict[str, Any] = {}
        for engine, told in runs.items():
            if "failed" in told[-1]:
                rows[engine] = told[-1]
                continue
            middle = {key: statistics.median(run[key] for run in told) for key in ("s", "mb")}
            rows[engine] = {**middle, "answer": told[0]["answer"]}
        if question != "slider":
            answers = {json.dumps(row["answer"]) for row in rows.values() if "answer" in row}
            rows["same_integers"] = len(answers) == 1
            for row in rows.values():
                if isinstance(row, dict) and "answer" in row:
                    row["answer"] = row["answer"][:8]
        found[question] = rows
    return found


def targets(found: dict[str, Any], large: dict[str, Any] | None, events: int) -> list[Any]:
    """Each target with its number, met or missed; what could not be measured is null."""
    rows: list[Any] = []

    def told(name: str, target: str, text: str | None, met: bool | None) -> None:
        rows.append({"id": name, "target": target, "found": text or "not measured", "met": met})

    def times(question: str, other: str, key: str = "s") -> float | None:
        mine, its = found[question]["ours"].get(key), found[question].get(other, {}).get(key)
        return its / mine if mine and its else None

    million = f"{events / 1e6:g}M events"
    ratio = times("intimacy", "duckdb")
    text = ratio and f"{1 / ratio:.2f} × at {million}"
    told("A1", "intimacy ≤ 1.15 × hand-written DuckDB SQL", text, ratio and 1 / ratio <= 1.15)
    ratio, memory = times("intimacy", "pandas"), times("intimacy", "pandas", "mb")
    if ratio and memory:
        met = ratio >= 9 and 1 / memory <= 0.6
        told("A2", "intimacy ≥ 9 × faster than pandas, memory ≤ 0.6 ×",
             f"{ratio:.1f} ×, memory {1 / memory:.2f} ×", met)  # fmt: skip
    for question in ("funnel", "path", "cohort"):
        ratio = times(question, "pandas")
        target = f"ordered {question} ≥ 2.5 × faster than pandas"
        told("A3", target, ratio and f"{ratio:.1f} ×", ratio and ratio >= 2.5)
    ratio = times("funnel", "retentioneering")
    told("A3", "funnel from Parquet ≥ 10 × faster than retentioneering from its own load",
         ratio and f"{ratio:.1f} ×", ratio and ratio >= 10)  # fmt: skip
    slider = found["slider"]["ours"].get("answer")
    if slider:
        members, first, move = slider
        whole = found["intimacy"]["ours"]["s"]
        text = f"{1000 * move:.0f} ms, {whole / move:.0f} × (the first {first:.1f} s)"
        told("A4", f"slider ≤ 100 ms at {members:,} members, ≥ 50 × faster than a full query",
             text, move <= 0.1 and whole / move >= 50)  # fmt: skip
    if large:
        ratio = large["s"] / found["intimacy"]["ours"]["s"]
        text = f"{ratio:.1f} ×, {large['mb'] / 1024:.1f} GB"
        told("A6", "five times the events: time ≤ 5.5 ×, memory ≤ 3 GB",
             text, ratio <= 5.5 and large["mb"] <= 3 * 1024)  # fmt: skip
    same = all(rows.get("same_integers", True) for rows in found.values())
    told("same", "all engines give the same integers", "yes" if same else "no", same)
    return rows


def main() -> None:
    """Make the tables, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--large", type=int, default=None, help="default: five times the events")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--folder", type=Path, help="keep the tables here")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one, asked.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        place = asked.folder or Path(folder)

        def made(events: int) -> str:
            from make_events import write

            file = place / f"events-{events}.parquet"
            if not file.exists():
                write(file, events)
            return str(file)

        found = measure(made(asked.events), asked.repeats, asked.peers)
        size = 5 * asked.events if asked.large is None else asked.large
        runs = [ask("ours", "intimacy", made(size), asked.peers) for _ in range(2)] if size else []
        good = [run for run in runs if "s" in run]
        large = min(good, key=lambda run: float(run["s"])) if good else None
    document = {
        "events": asked.events,
        "targets": targets(found, large, asked.events),
        "questions": found,
        "large": {"events": size, "runs": runs},
    }
    print(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
