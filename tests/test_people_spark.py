"""The same expressions on Spark: the same integers, scores within a billionth.

Skipped where pyspark or Java is missing; with PLAYBOOK_REQUIRE_SPARK=1 it fails there instead.
"""

import os
import random
import shutil
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import logs
import pandas as pd
import pytest

import playbook
from playbook.events import KINDS
from playbook.files import data_folder

SAMPLES = data_folder() / "samples"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Start one Spark session for all tests here."""
    there = find_spec("pyspark") is not None
    java = shutil.which("java") or Path(os.environ.get("JAVA_HOME", "-"), "bin", "java").is_file()
    if not there or not java:
        reason = "no Spark found (make spark; it needs Java 17)"
        if os.environ.get("PLAYBOOK_REQUIRE_SPARK") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    from playbook.people.spark import connection

    with connection() as con:
        yield con


def mixed() -> pd.DataFrame:
    """Make a thousand events of all kinds: doubled, without times, of unknown kinds."""
    dice = random.Random(5)
    names = [f"m{n:02}" for n in range(40)]
    rows = []
    for n in range(1000):
        member, kind = dice.choice(names[: 1 + n // 20]), dice.choice([*KINDS, "wave"])
        target = dice.choice([*names, "only-target", None])
        amount = round(dice.uniform(1, 200), 2) if kind in ("pay", "refund") else None
        at = logs.START + timedelta(minutes=30 * dice.randrange(48 * 300))
        quality = "none" if dice.random() < 0.03 else "exact"
        group = dice.choice(["a", "b", None])
        event = (str(n // 1.02), member, at, quality, kind, group, target, amount, "CNY", "x")
        rows.append(event)
    columns = ["id", "member", "at", "at_quality", "kind", "group", "target", "amount"]
    return pd.DataFrame(rows, columns=[*columns, "currency", "source"])


def same(one: Any, other: Any, where: str = "") -> None:
    """Hold two documents against each other: scores within a billionth, all else equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        assert list(one) == list(other), where
        for key in one:
            same(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other), where
        for place, (mine, its) in enumerate(zip(one, other, strict=True)):
            same(mine, its, f"{where}[{place}]")
    elif isinstance(one, float) and isinstance(other, float):
        assert pytest.approx(one, rel=1e-9, abs=1e-9, nan_ok=True) == other, where
    else:
        assert (type(one), one) == (type(other), other), where


def both(session: Any, events: Any, **more: Any) -> None:
    """Work members out on both engines and compare the documents and the tables."""
    with (
        playbook.members(events, **more) as here,
        playbook.members(events, engine="spark", **more) as there,
    ):
        assert "pyspark" == there.log.con.name
        same(here.to_dict(), there.to_dict())
        pd.testing.assert_frame_equal(
            here.frame(), there.frame(), check_dtype=False, rtol=1e-9, atol=1e-9
        )
        same(here.score_with({"post": 9}).levels, there.score_with({"post": 9}).levels)


def test_the_example_on_paper(session: Any) -> None:
    """With its people table, from CSV."""
    both(
        session,
        SAMPLES / "worked_example.csv",
        people=SAMPLES / "worked_people.csv",
        at="2026-06-30",
        kind="social",
    )


def test_a_genuine_group(session: Any) -> None:
    """The Slack that comes with the kit."""
    both(session, playbook.import_events(SAMPLES / "slack-small.zip"), kind="product")


def test_a_thousand_odd_events(session: Any) -> None:
    """All kinds, duplicates, times that are not known; days cut in two zones."""
    both(session, mixed(), tz="America/New_York")
