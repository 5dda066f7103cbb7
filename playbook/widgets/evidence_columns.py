"""A table that nobody knows: what its columns mean is proposed, shown with cells, and confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playbook.errors import PlaybookError
from playbook.events import KINDS
from playbook.load import content
from playbook.sources.base import Bundle, find_format
from playbook.sources.mapping import find_preset, read_mapping
from playbook.sources.proposal import Proposal, propose, values_of
from playbook.widgets.controls import buttons, el, esc, field, heading, para, pick, press
from playbook.widgets.page import Page
from playbook.words import say, text

#: What a column may be, in the order in which a person thinks of it.
FIELDS = ("member", "at", "kind", "group", "object", "target", "amount", "currency", "id", "name")
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD")
#: Faults that a person can mend by saying in which order day and month stand.
_ORDER = ("day_order", "day_order_chat")


def format_of(path: Path) -> str:
    """Whose export is it?"""
    with Bundle(path) as bundle:
        return find_format(bundle).ID


def table_of(path: Path) -> Proposal | None:
    """What a table holds, if the export is one; None where a platform's importer knows it."""
    with Bundle(path) as bundle:
        if find_format(bundle).ID != "table" or len(bundle.names) > 1:
            return None
    return propose(path)


def asks_order(error: BaseException | None) -> bool:
    """Did reading end because day and month cannot be told apart?"""
    faults = error.faults if isinstance(error, PlaybookError) else []
    return any(fault.message in _ORDER for fault in faults)


class Columns(Page):
    """The part of the evidence widget that asks what a table's columns mean."""

    file: Path | None

    def __init__(self, lang: str | None = None) -> None:
        self.proposal: Proposal | None = None
        self.fields: dict[str, str] = {}
        self.meant: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self._values: dict[str, tuple[str, ...]] = {}
        self.order_of: str | None = None
        super().__init__(lang)

    def propose(self, found: Proposal | None, order_of: str | None = None) -> None:
        """Begin anew with a proposal; `order_of`: a format that only lacks the order of dates."""
        self.proposal, self.order_of = found, order_of
        self.fields = {c.name: c.field for c in found.columns if c.field} if found else {}
        self.meant, self.kinds, self._values = {}, {}, {}

    @property
    def mapping(self) -> Any:
        """What is to be said to the importer; None where nothing has to be."""
        if self.order_of is not None:
            return {"order": self.meant["order"]} if "order" in self.meant else None
        if self.proposal is None or self.missing:
            return None
        said = self._by_field(self.fields)
        for key, value in self.meant.items():
            said.setdefault(key, value if key in ("order", "at") else f"={value}")
        known = self.proposal.preset
        before = self._by_field({c.name: c.field for c in self.proposal.columns if c.field})
        if known:  # what the preset knows stays; only what was changed is said
            gone = dict.fromkeys(before.keys() - said.keys(), "")
            said = {key: value for key, value in said.items() if before.get(key) != value} | gone
        kinds = {value: kind for value, kind in self.kinds.items() if kind}
        if kinds and "kind" in self.fields.values():
            said["kinds"] = {**(self.proposal.mapping.kinds if known else {}), **kinds}
        return read_mapping(said or None, known)

    @staticmethod
    def _by_field(columns: Mapping[str, str]) -> dict[str, Any]:
        """Field → the columns that hold it."""
        found: dict[str, Any] = {}
        for column, key in columns.items():
            found.setdefault(key, []).append(column)
        return found

    @property
    def missing(self) -> list[str]:
        """Which of the questions that must be answered are open?"""
        if self.order_of is not None:
            return [] if "order" in self.meant else ["order"]
        have = {*self.fields.values(), *self.meant}
        needed = ["member", "at", "kind"]
        if self.proposal and "order" in self.proposal.questions and "at" in self.fields.values():
            needed.append("order")
        return [name for name in needed if name not in have]

    def kind_values(self) -> tuple[str, ...]:
        """The values of the column of kinds that the kit does not know by themselves."""
        column = next((name for name, key in self.fields.items() if key == "kind"), None)
        if column is None or self.file is None:
            return ()
        if column not in self._values:
            self._values[column] = values_of(self.file, column)
        known = {*KINDS, *(self.proposal.mapping.kinds if self.proposal else ())}
        return tuple(v for v in self._values[column] if not {v, v.lower()} & known)

    # --- events -------------------------------------------------------------------------------

    def on_field(self, key: str, value: Any) -> None:
        self.fields = {k: v for k, v in self.fields.items() if k != key}
        if value in FIELDS:
            self.fields[key] = str(value)

    def on_meant(self, key: str, value: Any) -> None:
        """What no column says."""
        self.meant = {k: v for k, v in self.meant.items() if k != key}
        if str(value).strip():
            self.meant[key] = str(value).strip()

    def on_kindof(self, key: str, value: Any) -> None:
        """What a value of the column of kinds means."""
        self.kinds = {**self.kinds, key: str(value)}

    # --- screen -------------------------------------------------------------------------------

    def columns(self) -> str:
        """The columns with some cells, what each is taken for, and the questions left."""
        if self.order_of is not None:
            return el("div", heading(self.say("order_head"), focus=True), self._order(),
                      self._confirm(), k="columns")  # fmt: skip
        found = self.proposal
        if found is None:
            return ""
        told = self.say("columns_seen", n=found.rows_seen, more="+" if found.more else "")
        return el(
            "div",
            heading(self.say("columns_head"), focus=True),
            para(self._about(found)),
            para(told, "pb-hint"),
            *(para(say(f"table.warning.{name}", self.lang), "pb-notice")
              for name in found.warnings),
            el("div", *(self._column(c) for c in found.columns), css="pb-columns"),
            heading(self.say("columns_more")),
            self._kind(), self._when(), self._order() if "order" in found.questions else "",
            self._currency(),
            self._confirm(),
            k="columns",
        )  # fmt: skip

    def _about(self, found: Proposal) -> str:
        if found.preset is None:
            return self.say("columns_guessed")
        name = text(find_preset(found.preset).texts, "name", self.lang)
        sure = say(f"table.verified.{'yes' if found.verified else 'no'}", self.lang)
        return self.say("columns_known", name=name, sure=sure)

    def _column(self, column: Any) -> str:
        options = [("", say("table.field.none", self.lang))]
        options += [(name, say(f"table.field.{name}", self.lang)) for name in FIELDS]
        cells = say("chart.comma", self.lang).join(column.samples) or "–"
        chosen = self.fields.get(column.name, "")
        why = f" ({say(f'table.why.{column.why}', self.lang)})" if column.why else ""
        same = chosen == column.field
        hint = self.say("cells", cells=cells) + (why if same else "")
        return el("div", pick("field", column.name, options, chosen, key=column.name),
                  para(hint, "pb-hint pb-small"), k=f"column-{column.name}")  # fmt: skip

    def _kind(self) -> str:
        names = {one["id"]: text(one, "name", self.lang) for one in content("people")["kind"]}
        kinds = [(kind, names[kind]) for kind in KINDS]
        if "kind" not in self.fields.values():
            asked = say("table.question.kind", self.lang)
            return pick("meant", asked, [("", self.say("choose_kind")), *kinds],
                        self.meant.get("kind", ""), key="kind")  # fmt: skip
        values = self.kind_values()
        if not values:
            return ""
        left = [("", self.say("kind_left")), *kinds]
        rows = (pick("kindof", value, left, self.kinds.get(value, ""), key=value)
                for value in values)  # fmt: skip
        return para(self.say("kind_values")) + el("div", *rows, css="pb-grid")

    def _when(self) -> str:
        if "at" in self.fields.values():
            return ""
        options = [("", self.say("choose_kind")), ("none", self.say("no_time"))]
        return pick("meant", say("table.question.at", self.lang), options,
                    self.meant.get("at", ""), key="at")  # fmt: skip

    def _order(self) -> str:
        options = [("", self.say("choose_kind"))]
        options += [(order, self.say(f"order_{order}")) for order in ("dmy", "mdy")]
        return pick("meant", say("table.question.order", self.lang), options,
                    self.meant.get("order", ""), key="order")  # fmt: skip

    def _currency(self) -> str:
        fields: Mapping[str, str] = self.fields
        if "amount" not in fields.values() or "currency" in fields.values():
            return ""
        return field("meant", say("table.question.currency", self.lang),
                     self.meant.get("currency"), key="currency", maxlength=3,
                     hint=", ".join(CURRENCIES))  # fmt: skip

    def _confirm(self) -> str:
        missing = [say(f"table.question.{name}", self.lang) for name in self.missing]
        go = press("confirm", self.say("confirm"), look="main",
                   aria_disabled="true" if missing else None)  # fmt: skip
        told = el("p", esc(self.say("still", what=" ".join(missing))), css="pb-hint")
        return (told if missing else "") + buttons(go)
