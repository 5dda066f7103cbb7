"""Bring the export of a group; see members, circles and health; let it answer the checklist."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets

from playbook.errors import quote, refuse
from playbook.events import REQUIRED
from playbook.files import clean, data_folder
from playbook.present.card import CARD_SHEET
from playbook.present.form_page import LISTS
from playbook.present.people_page import SHEET
from playbook.present.people_tables import csv_bytes
from playbook.sources.proposal import Proposal
from playbook.widgets import evidence_ends as ends
from playbook.widgets import evidence_screens as screens
from playbook.widgets import evidence_views as views
from playbook.widgets.bringing import Job, Upload
from playbook.widgets.evidence_columns import Columns, asks_order, format_of, table_of
from playbook.widgets.evidence_results import Results
from playbook.words import text


def samples() -> tuple[Mapping[str, Any], ...]:
    """
    Which samples travel with the kit?

    >>> samples()[0]["id"]
    'slack-hyperledger'
    """
    source = data_folder() / "samples" / "samples.toml"
    return tuple(tomllib.loads(source.read_text(encoding="utf-8"))["sample"])


class Evidence(Columns, Results):
    """
    Read a group's export and show what it says about members, circles and health.

    `bring(path)` does at once what the first screens do: `path` is a file, a folder, or the id of
    a sample. `paths`: may files be named that lie on this computer? (Not in an app for others.)

    Traits: `at` (the step), `tz`, `kind` (of community), `hide` (names), `coefficients` and
    `half_lives` (one's own, by kind of event), `search`, `member` (whose card is shown), `lang`.
    What came of it: `imported`, `members`, `health`, `counted`, `scored`.
    """

    _css = Results._css + SHEET + CARD_SHEET

    STEPS = ("bring", "counts", "health", "people", "levels", "circles", "action", "answers")
    KINDS = ("", *LISTS["kind"], "task")

    words = "bring"
    at = traitlets.Unicode("bring")
    tz = traitlets.Unicode("UTC")
    kind = traitlets.Unicode("")
    hide = traitlets.Bool(False)

    def __init__(self, lang: str | None = None, paths: bool | None = None) -> None:
        self.paths = "PLAYBOOK_APP" not in os.environ if paths is None else paths
        self.samples = samples()
        self.upload, self.listing = Upload(), Upload()
        self.people: Path | None = None
        self.job: Job | None = None
        self.doing = ""
        self.typed = ""
        self.warned = False
        self.name = self.file = None
        self.imported = self.members = None
        self.health: dict[str, Any] = {}
        self._sample: Mapping[str, Any] | None = None
        self._said: Any = None
        super().__init__(lang)
        self.ready()

    def __repr__(self) -> str:
        if self.members is None:
            return f"Evidence({self.name or 'no export yet'})"
        return f"Evidence({self.name}: {self.facts['members']} members)"

    # --- for notebooks ------------------------------------------------------------------------

    def bring(self, path: str | Path, mapping: Any = None) -> None:
        """
        Read an export, an event table or a sample, and work it out. Bad input: PlaybookError.

        `mapping`: for a table, which column is which (`member=Name,at=Date,kind=signup`).
        """
        self._start(path)
        self._said = mapping
        self._now("doing_read", self._read)
        self._now("doing_members", self._work_out)
        self.go("health")

    def go(self, step: str) -> None:
        """Show a step; one that there is nothing for yet is not shown."""
        if self.open_to(step):
            self.at = step

    # --- what the screens ask -----------------------------------------------------------------

    @property
    def counted(self) -> dict[str, Any] | None:
        """How the import was counted; None for an event table."""
        return None if self.imported is None else self.imported.to_dict()

    @property
    def facts(self) -> dict[str, Any]:
        """The numbers of members and events; empty before they are known."""
        if self.members is not None:
            found = self.members.to_dict()
            return {"members": found["members"], "events": found["events"]}
        return self.counted or {}

    def open_to(self, step: str) -> bool:
        """Is there anything to show at a step?"""
        if step == "bring":
            return True
        if step == "columns":
            return self.proposal is not None or self.order_of is not None
        if step == "counts":
            return self.file is not None and not self.waiting_for_columns
        return self.members is not None and step in self.STEPS

    def title(self) -> str:
        return self.say("title")

    def body(self) -> str:
        """The step at hand, or how far long work is."""
        if self.job is not None:
            return screens.where(self) + screens.working(self)
        step = self.at if self.open_to(self.at) else "bring"
        if step == "columns":
            return screens.where(self) + self.columns()
        homes = {"bring": screens, "counts": screens, "action": ends, "answers": ends}
        show = getattr(homes.get(step, views), step)
        return screens.where(self) + str(show(self))

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps of this export: only a table asks for its columns."""
        first, *rest = self.STEPS
        return (first, "columns", *rest) if self.open_to("columns") else self.STEPS

    @property
    def waiting_for_columns(self) -> bool:
        """Is it a table that was not read yet?"""
        return self.open_to("columns") and self.imported is None

    @property
    def community(self) -> str:
        """What the group is called, as far as that is known."""
        return str(text(self._sample, "name", self.lang)) if self._sample else ""

    # --- long work ----------------------------------------------------------------------------

    def _start(self, given: str | Path) -> None:
        """This is what is to be read."""
        entry = next((one for one in self.samples if one["id"] == str(given)), None)
        if entry is not None:
            given = data_folder() / "samples" / entry["file"]
        path = Path(given)
        if not path.exists():
            raise refuse(quote(str(given)), "no_file")
        self.file, self.name = path, clean(path.name)[:80]
        self._sample, self.people = entry, None
        if entry is not None:
            people = entry.get("people")
            self.people = data_folder() / "samples" / people if people else None
            self.kind, self.tz = self.kind or entry["kind"], entry["tz"]
        self.imported = self.members = None
        self._said = None
        self.propose(None)
        self.forget()

    def _read(self, job: Job) -> Any:
        from playbook.sources.api import import_events

        assert self.file is not None
        if is_event_table(self.file):
            return self.file
        mapping = self._said or self.mapping
        if mapping is None and self.order_of is None and (table := table_of(self.file)):
            return table
        return import_events(
            self.file,
            format=self.order_of,
            tz=self.tz,
            pseudonymise=self.hide,
            mapping=mapping,
            progress=job.progress,
            stop=job.stopped,
        )

    def _work_out(self, _: Job) -> Any:
        from playbook.people.api import members

        told = self.imported or self.file
        found = members(told, self.people, tz=self.tz, kind=self.kind or None)
        self.prepare(found)
        return found

    def _now(self, doing: str, work: Any) -> None:
        self.doing, job = doing, Job(work)
        job.run()
        self._done(job.result)

    def _later(self, doing: str, work: Any) -> None:
        """In a thread: the page asks how far it is."""
        if self.job is not None:
            return
        self.doing, self.job = doing, Job(work)
        self.job.start()
        self.turn()

    def _done(self, result: Any) -> None:
        """What came of it: an import, a file that needs none, or members."""
        if self.doing == "doing_members":
            self.anew()
            self.members = result
            self.health = result.to_dict()["health"]
            return
        if isinstance(result, Proposal):
            self.propose(result)
            return
        self.imported = None if isinstance(result, Path) else result
        self.warned = True
        if self.imported is not None and not self.open_to("columns"):
            self.upload.drop()  # the words of messages are not kept a moment longer than needed

    def on_poll(self, *_: Any) -> None:
        """How far is it? When it is through, what came of it is shown."""
        job = self.job
        if job is None or not job.done:
            return
        self.job = None
        if asks_order(job.error) and self.proposal is None and self.file is not None:
            self.propose(None, format_of(self.file))
            self.go("columns")
            return
        result = job.outcome()
        if result is None:
            self.tell(self.say("stopped"))
            return
        self._done(result)
        if self.waiting_for_columns:
            self.go("columns")
            return
        self.go("health" if self.members is not None else "counts")
        if self.facts:
            self.announce(self.say("announced", name=self.name, members=self.facts["members"],
                                   events=self.facts["events"]))  # fmt: skip

    def on_stop(self, *_: Any) -> None:
        if self.job is not None:
            self.job.stop()

    # --- events -------------------------------------------------------------------------------

    @traitlets.observe("at")
    def _stepped(self, _: Any) -> None:
        self.turn()
        self.draw()

    @traitlets.observe("tz", "hide")
    def _set(self, _: Any) -> None:
        self.draw()

    @traitlets.observe("kind")
    def _of_kind(self, _: Any) -> None:
        """What quiet means depends on it: asked again, at once."""
        if self.members is not None:
            from playbook.people.health import health

            found = self.members.to_dict()
            self.health = health(self.members.log, self.kind or None, spread=found)
            self.measured = None
        self.draw()

    def on_go(self, _: str, value: Any) -> None:
        self.go(str(value))

    def on_piece(self, key: str, value: Any) -> None:
        """A piece of a file from the browser: asks for the next, or begins to read."""
        if self.job is not None:
            return
        if not self.takes(self.upload, key, value):
            return
        assert self.upload.path is not None
        self._start(self.upload.path)
        self._later("doing_read", self._read)

    def on_people(self, key: str, value: Any) -> None:
        """A piece of a people table: who is who."""
        if not self.takes(self.listing, key, value):
            return
        self.people = self.listing.path
        self.tell(self.say("people_there", name=self.listing.name))

    def on_forget(self, *_: Any) -> None:
        """No more of a file that is on its way."""
        self.upload.drop()

    def on_sample(self, _: str, value: Any) -> None:
        """One of the samples, and nothing else: what a browser names is no path here."""
        if any(one["id"] == value for one in self.samples):
            self._start(str(value))
            self._later("doing_read", self._read)

    def on_path(self, _: str, value: Any) -> None:
        self.typed = str(value).strip()

    def on_read(self, *_: Any) -> None:
        """Read the file whose path was typed."""
        if not self.paths:
            return
        if self.typed:
            self._start(self.typed.strip("\"'"))
            self._later("doing_read", self._read)

    def on_setting(self, key: str, value: Any) -> None:
        """Time zone or kind of community."""
        if key == "tz" or (key == "kind" and value in self.KINDS):
            setattr(self, key, str(value))

    def on_hide(self, _: str, value: Any) -> None:
        """Names as codes, from the next import on."""
        self.hide = bool(value)

    def on_confirm(self, *_: Any) -> None:
        """These are the columns: read the table."""
        if not self.missing:
            self._later("doing_read", self._read)

    def on_analyse(self, *_: Any) -> None:
        if self.open_to("counts"):
            self._later("doing_members", self._work_out)

    def on_events(self, *_: Any) -> None:
        assert self.imported is not None

        self.offer("events.csv", csv_bytes(self.imported.frame()), "text/csv")


def is_event_table(path: Path) -> bool:
    """Is it a table of the kit's own shape, which needs no import?"""
    if path.is_dir():
        return False
    if path.suffix.lower() in (".parquet", ".pq"):
        return True
    if path.suffix.lower() != ".csv":
        return False
    with path.open("rb") as stream:
        head = stream.readline(4096).decode("utf-8-sig", "replace").strip().lower()
    return set(REQUIRED) <= {name.strip('" ') for name in head.split(",")}
