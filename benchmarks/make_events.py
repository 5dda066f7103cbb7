"""Make an event table for timing: N events of ten kinds, skewed activity, two years, zstd Parquet.

Nothing here is like a real community but its size and skew: how fast engines are depends on these.
Members are text, as an import writes them. Usage: make_events.py FILE [--events N] [--seed S]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from playbook.events import arrow_schema

KINDS = ("read", "like", "vote", "post", "reply", "share", "invite", "signup", "attend", "pay")
SHARES = (0.40, 0.20, 0.04, 0.14, 0.12, 0.03, 0.01, 0.02, 0.02, 0.02)
START = np.datetime64("2024-01-01T00:00:00", "us").astype(np.int64)
SPAN = 730 * 86_400 * 1_000_000
CHUNK = 1_000_000


def members_of(events: int) -> int:
    """One member for ten events, as in most logs of this kind."""
    return max(10, events // 10)


def write(path: Path, events: int, seed: int = 7, ids: bool = False) -> None:
    """Write the table in the order of time, a million rows a piece: any size in little memory."""
    dice = np.random.default_rng(seed)
    n = members_of(events)
    weight = np.cumsum(dice.pareto(1.2, n) + 0.15)
    names = pa.array([f"m{number:07d}" for number in range(n)])
    kinds = pa.array(KINDS)
    schema = arrow_schema()
    with pq.ParquetWriter(path, schema, compression="zstd") as sink:
        for start in range(0, events, CHUNK):
            size = min(CHUNK, events - start)
            place = np.sort(dice.random(size) * size + start) / events
            who = np.searchsorted(weight, dice.random(size) * weight[-1])
            other = dice.integers(0, n, size)
            kind = dice.choice(len(KINDS), size, p=SHARES)
            aimed = np.isin(kind, [KINDS.index(name) for name in ("like", "reply", "invite")])
            paid = kind == KINDS.index("pay")
            group = pa.array([f"g{number}" for number in range(50)])
            columns = {
                "id": pa.array(np.arange(start, start + size).astype(str)) if ids else None,
                "member": names.take(pa.array(who)),
                "at": pa.array((START + place * SPAN).astype(np.int64)).cast(
                    schema.field("at").type
                ),
                "at_quality": pa.array(["exact"]).take(pa.array(np.zeros(size, dtype=int))),
                "kind": kinds.take(pa.array(kind)),
                "group": group.take(pa.array(other % 50)),
                "target": names.take(pa.array(other, mask=~aimed)),
                "amount": pa.array(np.round(dice.gamma(2, 50, size), 2), mask=~paid),
            }
            arrays = [
                columns[field.name].cast(field.type)
                if columns.get(field.name) is not None
                else pa.nulls(size, field.type)
                for field in schema
            ]
            sink.write_table(pa.Table.from_arrays(arrays, schema=schema))


def main() -> None:
    """Read the command line and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--ids", action="store_true", help="give every event an id")
    asked = parser.parse_args()
    write(asked.path, asked.events, asked.seed, asked.ids)


if __name__ == "__main__":
    main()
