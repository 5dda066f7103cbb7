"""Spark, for those who outgrow one machine: an extra, never loaded unless asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ibis

from playbook.errors import refuse


@contextmanager
def connection() -> Iterator[Any]:
    """
    An Ibis connection on Spark: the session at work, else one of our own, stopped at the end.

    A session of our own runs on this machine unless Spark's own settings name another master.
    Without pyspark or Java: PlaybookError.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        command = 'pip install "community-playbook[spark]"'
        raise refuse("spark", "needs_package", package="pyspark", command=command) from None
    at_work = SparkSession.getActiveSession()
    if at_work is not None:
        yield ibis.pyspark.connect(at_work)
        return
    cores = os.cpu_count() or 2
    build = SparkSession.builder.appName("playbook")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # 200 parts, the default, are for a cluster.
        "spark.sql.shuffle.partitions": str(2 * cores),
    }.items():
        build = build.config(key, value)
    try:
        session = build.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise refuse("spark", "needs_java", reason=str(error).partition("\n")[0][:200]) from None
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()


def keep(con: Any, table: Any) -> tuple[Any, Any]:
    """
    A table worked out once and held by Spark; and how to let go of it.

    A checkpoint, not a cache: what is built upon it does not carry its whole history along, over
    which Spark's planner would think for minutes.
    """
    session = con._session
    frame = session.sql(con.compile(table)).localCheckpoint()
    name = ibis.util.gen_name("playbook")
    frame.createOrReplaceTempView(name)
    return con.table(name), lambda: session.catalog.dropTempView(name)
