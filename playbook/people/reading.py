"""Whatever an event table comes as, it becomes one Parquet file with the columns of `events`.

A Parquet file as `import` writes it is taken as it is. CSV, DataFrames and tables with other types
pass once through DuckDB: text is text, times are times in UTC, and the mark that keeps a
spreadsheet from running a cell as a formula is taken off again.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from playbook.errors import PlaybookError, nearest, quote, refuse
from playbook.events import SPELLS, arrow_schema, check_columns
from playbook.files import text_of

#: In CSV our writer sets ' before what a spreadsheet would take for a formula.
_MARKED = rf"^'(\s*[{re.escape(''.join(SPELLS))}\t\r])"
_DAY = r"\d{4}-\d{1,2}-\d{1,2}"


def event_parquet(events: Any, folder: Path) -> tuple[str, Path]:
    """What is the table called in messages, and where does it lie as Parquet?"""
    where, path = _given(events, folder)
    if not _is_parquet(path):
        return where, _converted(path, folder, where, csv=True)
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException) as error:
        raise refuse(where, "not_table", reason=_first_line(error)) from None
    check_columns(schema.names, where)
    wanted = arrow_schema()
    same = all(n in schema.names and schema.field(n).type == wanted.field(n).type for n in _NEEDED)
    others = (n for n in wanted.names if n in schema.names and n not in _NEEDED)
    if same and all(schema.field(n).type == wanted.field(n).type for n in others):
        return where, path
    return where, _converted(path, folder, where, csv=False)


_NEEDED = ("member", "at", "kind")


def _given(events: Any, folder: Path) -> tuple[str, Path]:
    """The file that was meant; a DataFrame is laid into one."""
    path = getattr(events, "path", events)
    if isinstance(path, (str, Path)):
        path = Path(path)
        if path.is_dir():
            raise refuse(path.name or str(path), "is_folder")
        if not path.is_file():
            raise refuse(path.name or str(path), "not_file" if path.exists() else "no_file")
        return path.name, path
    path = folder / "given.parquet"
    try:
        check_columns(list(events.columns), "events")
        pq.write_table(pa.Table.from_pandas(events, preserve_index=False), path)
    except PlaybookError:
        raise
    except (AttributeError, TypeError, pa.ArrowException) as error:
        raise refuse("events", "not_table", reason=_first_line(error)) from None
    return "events", path


def _is_parquet(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PAR1"
    except OSError as error:
        raise refuse(path.name, "unreadable", reason=error.strerror or str(error)) from None


def _converted(path: Path, folder: Path, where: str, csv: bool) -> Path:
    """The same table with our columns and types, written anew."""
    target = folder / "events.parquet"
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        try:
            if csv:
                table = con.read_csv(str(path), all_varchar=True, header=True)
            else:
                table = con.read_parquet(str(path))
            check_columns(table.columns, where)
            types = {n: str(t) for n, t in zip(table.columns, table.types, strict=True)}
            columns = [f"{_column(n, types, csv)} AS {_quoted(n)}" for n in arrow_schema().names]
            table.project(", ".join(columns)).write_parquet(str(target), compression="zstd")
        except (duckdb.Error, UnicodeDecodeError) as error:
            raise refuse(where, "not_table", reason=_first_line(error)) from None
    return target


def _column(name: str, types: dict[str, str], csv: bool) -> str:
    """SQL that gives one column its type; what cannot be read is null."""
    if name == "at_quality" and name not in types:
        # A day without an hour is known to the day only; nothing is known to nothing.
        at = _text("at", csv)
        day = f"regexp_full_match({at}, '{_DAY}')"
        return f"CASE WHEN {at} IS NULL THEN 'none' WHEN {day} THEN 'day' ELSE 'exact' END"
    if name not in types:
        return f"CAST(NULL AS {'DOUBLE' if name == 'amount' else 'VARCHAR'})"
    if name == "amount":
        return f"TRY_CAST({_text(name, csv)} AS DOUBLE)"
    if name == "at":
        if types[name].endswith("INT") or types[name] == "INTEGER":  # microseconds, as in `Event`
            return 'make_timestamp(CAST("at" AS BIGINT))::TIMESTAMPTZ'
        given = _text(name, csv) if types[name] == "VARCHAR" else _quoted(name)
        return f"TRY_CAST({given} AS TIMESTAMPTZ)"
    return _text(name, csv)


def _text(name: str, csv: bool) -> str:
    plain = f"CAST({_quoted(name)} AS VARCHAR)"
    if csv:
        plain = f"regexp_replace({plain}, '{_MARKED.replace(chr(39), chr(39) * 2)}', '\\1')"
    return f"nullif(trim({plain}), '')"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def people_parquet(people: Any, folder: Path) -> tuple[Path, Path | None]:
    """
    The people table as Parquet, and beside it which members are the same person, if any are.

    Members of one `person` become the one whose name sorts first. A member who is listed twice is
    taken once.
    """
    path = getattr(people, "path", people)
    if isinstance(path, (str, Path)):
        where, table = Path(path).name, _people_file(Path(path))
    else:
        where, table = "people", people
    if "member" not in table.columns:
        known = ", ".join(quote(str(name)) for name in list(table.columns)[:20])
        raise refuse(
            where,
            "no_column",
            nearest("member", map(str, table.columns)),
            column="member",
            known=known,
        )
    table = table.astype("string").apply(lambda column: column.str.strip().replace("", None))
    table = table.dropna(subset="member").drop_duplicates("member")
    others = None
    if "person" in table.columns:
        same = table.groupby("person")["member"].transform("min").fillna(table["member"])
        moved = pd.DataFrame({"member": table["member"], "same": same})
        moved = moved[moved["member"] != moved["same"]]
        if len(moved):
            others = folder / "same.parquet"
            pq.write_table(pa.Table.from_pandas(moved, preserve_index=False), others)
            table = table.assign(member=same).groupby("member", as_index=False).first()
    target = folder / "people.parquet"
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), target)
    return target, others


def _people_file(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise refuse(path.name or str(path), "is_folder" if path.is_dir() else "no_file")
    if path.suffix.lower() not in (".xlsx", ".xlsm") and not _is_parquet(path):
        return _people_text(path)
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm"):
            return pd.read_excel(path, dtype="string")
        return pd.read_parquet(path)
    except (OSError, ValueError, KeyError, BadZipFile, pa.ArrowException) as error:
        raise refuse(path.name, "not_table", reason=_first_line(error)) from None


def _people_text(path: Path) -> pd.DataFrame:
    """A CSV file as somebody's spreadsheet saved it: a Chinese Excel writes GB18030, others `;`."""
    text = text_of(path.read_bytes(), path.name)
    sign = max(",;\t", key=text.partition("\n")[0].count)
    try:
        table = pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False, sep=sign)
    except ValueError as error:
        raise refuse(path.name, "not_table", reason=_first_line(error)) from None
    return table.replace(_MARKED, r"\1", regex=True)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
