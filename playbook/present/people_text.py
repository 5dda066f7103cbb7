"""Members in words: for a terminal, and as a table for whoever runs the community.

Reads documents and tables that the engine returns; works nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from playbook.load import content
from playbook.present.sentences import amount, plain
from playbook.present.terminal import pad, wrap
from playbook.words import language, say, text

if TYPE_CHECKING:
    import pandas as pd

    from playbook.people.api import Members

Found = Mapping[str, Any]
_BAR = 24
#: More rows than this take an Excel file too long to open.
_SHEET_ROWS = 50_000


def rule_name(part: str, name: str, lang: str | None = None) -> str:
    """What is a level, kind, tag or segment called?

    >>> rule_name("level", "scholar", "zh")
    '学霸'
    """
    entries = {entry["id"]: entry for entry in content("people")[part]}
    return str(text(entries[name], "name", lang)) if name in entries else name


def percent(share: float | None, lang: str | None = None) -> str:
    """A share of a whole in hundredths; an unknown one is '–'."""
    return "–" if share is None else say("people.percent", lang, value=f"{100 * share:.3g}")


def notice_lines(found: Found, lang: str | None = None) -> list[str]:
    """What was left out, or mended, and how often?"""
    known = ", ".join(plain(kind)[:40] for kind in list(found["unknown_kinds"])[:5])
    lines = [
        say(f"people.notice_{name}", lang, n=n, **({"kinds": known} if "kind" in name else {}))
        for name, n in found["notices"].items()
    ]
    if found["timeless"]:
        lines.append(say("people.notice_timeless", lang, n=found["timeless"]))
    return lines


def members_text(
    found: Found, lang: str | None = None, names: Mapping[str, str] | None = None
) -> str:
    """
    The members for a terminal of 80 columns: levels, path, who comes back, who spreads.

    `names`: what members are called, where that is known.
    """
    lang = language(lang)
    told = {"members": amount(found["members"], lang), "events": amount(found["events"], lang)}
    if found["at"] is None:
        out = [wrap(say("people.head_timeless", lang, **told))]
    else:
        out = [wrap(say("people.head", lang, at=found["at"][:10], tz=found["tz"], **told))]
    for part in (_level_lines, _path_lines, _retention_lines, _state_lines, _segment_lines):
        lines = part(found, lang)
        if lines:
            out += ["", *lines]
    return "\n".join([*out, "", *_spreading_lines(found, lang, names or {})])


def _bars(counts: Mapping[str, int], names: Mapping[str, str], lang: str) -> list[str]:
    """One line a group: its name, how many, a bar."""
    most = max(counts.values(), default=0) or 1
    return [
        f"  {pad(names[key], 26)} {pad(amount(n, lang), 10, right=True)}  "
        + "#" * (max(1, round(_BAR * n / most)) if n else 0)
        for key, n in counts.items()
    ]


def _level_lines(found: Found, lang: str) -> list[str]:
    if found["levels"] is None:
        return []
    starts = {level["id"]: level["from"] for level in found["rules"]["levels"]}
    names = {
        name: f"{rule_name('level', name, lang)} ({say('people.level_row', lang, start=start)})"
        for name, start in starts.items()
    }
    return [wrap(say("people.levels", lang)), *_bars(found["levels"], names, lang)]


def _path_lines(found: Found, lang: str) -> list[str]:
    path = found["path"]
    lines = [wrap(say("people.path", lang, window=path["window"]))]
    for step in path["steps"]:
        name = pad(say(f"people.step_{step['id']}", lang), 14)
        if step["because"] is not None:
            because = say(f"people.because_{step['because']}", lang)
            told = say("people.unseen", lang, because=because)
        elif step["rate"] is None:
            told = amount(step["members"], lang)
        else:
            told = say(
                "people.path_rate",
                lang,
                members=amount(step["members"], lang),
                rate=percent(step["rate"], lang),
            )
        lines.append(wrap(told, " " * 17, f"  {name} "))
    if path["open"]:
        lines.append(
            wrap(say("people.path_open", lang, open=amount(path["open"], lang)), "  ", "  ")
        )
    return lines


def _retention_lines(found: Found, lang: str) -> list[str]:
    curve = {point["months"]: point for point in found["retention"]["curve"]}
    shown = [curve[months] for months in (1, 2, 3, 6, 12) if months in curve]
    if not shown:
        return []
    return [wrap(say("people.retention", lang))] + [
        "  "
        + say(
            "people.retention_row",
            lang,
            months=point["months"],
            members=amount(point["members"], lang),
            rate=percent(point["rate"], lang),
        )
        for point in shown
    ]


def _state_lines(found: Found, lang: str) -> list[str]:
    now = found["lifecycle"]["now"]
    if now is None:
        return []
    days = content("people")["lifecycle"]["days"]
    names = {state: say(f"people.state_{state}", lang) for state in now}
    return [say("people.lifecycle", lang, days=days), *_bars(now, names, lang)]


def _segment_lines(found: Found, lang: str) -> list[str]:
    counts = {name: n for name, n in found["segments"].items() if n}
    if found["at"] is None:
        return []
    names = {name: rule_name("segment", name, lang) for name in counts}
    return [say("people.segments", lang), *_bars(counts, names, lang)]


def _spreading_lines(found: Found, lang: str, names: Mapping[str, str]) -> list[str]:
    """Shares beside their claims, the invitations, and those who really share."""
    lines = []
    spread, voices, invites = (found[key] for key in ("concentration", "voices", "invites"))
    if spread["share"] is not None:
        told = {"share": percent(spread["share"], lang), "claim": percent(spread["claim"], lang)}
        events = amount(spread["events"], lang)
        lines.append(say("people.concentration", lang, events=events, **told))
    if spread["posters"]["share"] is not None:
        lines.append(say("people.posters", lang, share=percent(spread["posters"]["share"], lang)))
    if voices["few_fixed"]:
        share = percent(voices["share"], lang)
        lines.append(say("people.few_fixed", lang, few=voices["few"], share=share))
    if invites is not None:
        keys = {"invitees": "invitees", "inviters": "inviters", "generations": "depth"}
        told = {name: amount(invites[key], lang) for name, key in keys.items()}
        lines.append(say("people.invites", lang, **told))
    return [*(wrap(line) for line in lines), *_koc_lines(found, lang, names)]


def _koc_lines(found: Found, lang: str, names: Mapping[str, str], most: int = 10) -> list[str]:
    if found["kocs"] is None:
        return [wrap(say("people.kocs_none", lang))]
    if not found["kocs"]:
        return [wrap(say("people.kocs_nobody", lang))]
    lines = [wrap(say("people.kocs", lang))]
    for koc in found["kocs"][:most]:
        axes = (
            "–" if koc["intimacy"] is None else f"{koc['intimacy']:.1f}",
            amount(koc["reach"], lang),
            amount(koc["activation"], lang),
        )
        name = plain(names.get(koc["member"]) or koc["member"])
        lines.append(f"  {pad(name, 30)} {say('figure.dot', lang).join(axes)}")
    shown = min(most, len(found["kocs"]))
    if found["kocs_total"] > shown:
        lines.append("  " + say("people.kocs_more", lang, n=shown, total=found["kocs_total"]))
    return lines


def people_table(frame: pd.DataFrame, lang: str | None = None) -> pd.DataFrame:
    """
    The table of members in words, for CSV and Excel: columns, levels, tags by their names.

    Closest members first. Columns in which nothing is known are left out.
    """
    table = frame.sort_values(["intimacy", "member"], ascending=[False, True])
    table = table.dropna(axis="columns", how="all").copy()
    for column, part in (("level", "level"), ("segment", "segment")):
        names = {e["id"]: text(e, "name", lang) for e in content("people")[part]}
        if column in table:
            table[column] = table[column].map(names)
    for column, word in (("stage", "step"), ("lifecycle", "state")):
        if column in table:
            known = table[column].dropna().unique()
            table[column] = table[column].map({n: say(f"people.{word}_{n}", lang) for n in known})
    tags = {e["id"]: str(text(e, "name", lang)) for e in content("people")["tag"]}
    for column in [name for name in table.columns if name.startswith("tags_")]:
        table[column] = [
            say("chart.comma", lang).join(tags.get(tag, tag) for tag in found or ())
            for found in table[column]
        ]
    if "intimacy" in table:
        table["intimacy"] = table["intimacy"].round(1)
    return table.rename(columns=lambda name: say(f"people.column_{name}", lang))


def members_files(found: Members, name: str, lang: str | None = None) -> dict[str, bytes]:
    """
    The members to take away: Parquet with ids for scripts, CSV and Excel in words for people, and
    the dashboard as a page.

    Above 50,000 members there is no Excel file: it would take too long to open.
    """
    import io

    from playbook.present.people_page import people_html
    from playbook.present.people_tables import csv_bytes, excel_bytes

    frame = found.frame()
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    table = people_table(frame, lang)
    files = {
        "members.parquet": stream.getvalue(),
        "members.csv": csv_bytes(table),
        "dashboard.html": people_html(found, name, lang).encode("utf-8"),
    }
    if len(frame) <= _SHEET_ROWS:
        title = say("people.table_title", lang, name=name)
        files["members.xlsx"] = excel_bytes(table, title, about_lines(found.to_dict(), lang), lang)
    return files


def about_lines(found: Found, lang: str | None = None) -> list[str]:
    """What stands beside such a table: as of when, how it is counted, how to treat it."""
    at = "–" if found["at"] is None else found["at"][:10]
    return [
        say("people.about_1", lang, at=at, tz=found["tz"]),
        say("people.about_2", lang),
        say("people.about_3", lang),
        *notice_lines(found, lang),
    ]
