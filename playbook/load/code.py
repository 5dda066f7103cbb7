"""Answer codes: a whole questionnaire in a line that can be read aloud, typed or scanned.

Letters and digits that cannot be taken for one another (Crockford's 32: no I, L, O, U), in groups
of four. Three answers stand in two signs; before them the checklist's own mark, the form's number
and what was said about the community; at the end six check signs (the code of Bech32, which finds
any four wrong signs). Notes, names and evidence are not in it. The form writes the same in
`present/form.js`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from playbook.errors import refuse
from playbook.files import parse_toml, read_text
from playbook.load.opinions import checklist_names, load_checklist
from playbook.model import AIMS, SCALES, Checklist
from playbook.words import say

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NA = ("too_young", "by_choice", "not_this_type", "other")
#: What is said about a community by choosing; the first of each is nothing said.
CHOICES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("members_kind", (None, "members", "fans", "users", "buyers")),
    ("kind", (None, "social", "commercial", "product", "media", "learning", "brand")),
    ("scale", (None, *SCALES)),
    ("stage", (None, 1, 2, 3)),
    ("earning", (None, True, False)),
    ("aim", (None, *AIMS)),
)
LONGEST = 80
_HEAD, _CHECK, _GROUP = 13, 6, 4
_UNKNOWN, _NA, _ABSENT = 4, 5, 9
_DIGITS = 100_000  # a number of members is kept to five digits, the rest cut off
_GROUPS = rf"(?:\w{{{_GROUP}}}[-–— ]){{4,}}\w{{1,{_GROUP}}}"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def mark(checklist: Checklist, version: str | None = None) -> str:
    """Two signs for a checklist, its version and its questions in their order.

    >>> mark(load_checklist()) == mark(load_checklist("positioning"))
    False
    """
    version = version or checklist.version
    text = "|".join((checklist.id, version, *asked(checklist, version)))
    import hashlib  # `playbook score` starts without it

    return _signs(int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:2]) >> 6, 2)


def asked(checklist: Checklist, version: str) -> tuple[str, ...]:
    """Which questions did a version of a checklist ask, in the order of its pages?"""
    then = _place(version)
    kept = [
        c
        for c in checklist.criteria
        if _place(c.since) <= then and (c.retired is None or then < _place(c.retired))
    ]
    if version == checklist.version:
        kept = list(checklist.active)
    return tuple(c.id for d in checklist.dimensions for c in kept if c.dimension == d.id)


def encode(document: Mapping[str, Any], checklist: Checklist) -> str | None:
    """
    Which code stands for an answers document? None where it would take more than 80 signs.

    >>> answers = {"interest.bond": {"level": 2}, "copy.model": {"unknown": True}}
    >>> code = encode({"id": "7f9c2b1e", "answers": answers}, load_checklist())
    >>> decode(code)["answers"] == answers
    True
    """
    given = document.get("answers") or {}
    states = [_state(given.get(name) or {}) for name in asked(checklist, checklist.version)]
    community = document.get("community") or {}
    digits = re.match("[0-9a-f]{5}", str(document.get("id") or ""))
    body = (
        mark(checklist)
        + _signs(int(digits.group(), 16) if digits else 0, 4)
        + _signs(_choices(community), 3)
        + _signs(_members(community.get("members")), 4)
        + "".join(_signs(a * 100 + b * 10 + c, 2) for a, b, c in _threes(states))
    )
    code = grouped(body + _check(body))
    return code if len(code) <= LONGEST else None


def grouped(signs: str) -> str:
    """In groups of four, as they are read aloud.

    >>> grouped("ABCDEF")
    'ABCD-EF'
    """
    return "-".join(signs[at : at + _GROUP] for at in range(0, len(signs), _GROUP))


def bare(text: str) -> str:
    """A code as typed or heard: without blanks and dashes, O for 0 and I or L for 1.

    >>> bare(" abcd-efgo il ")
    'ABCDEFG011'
    """
    plain = re.sub(r"[\s\-‐-―_.,]", "", unicodedata.normalize("NFKC", text)).upper()
    return plain.translate(str.maketrans("OIL", "011"))


def is_code(text: str) -> bool:
    """Could this be meant as a code? (Whether it is right, `decode` tells.)

    A long name is none, for it has no digit; one wrong sign in groups of four still makes a code.

    >>> is_code("fandeng"), is_code("answers.json"), is_code("Alexander Hamilton Smith")
    (False, False, False)
    """
    if not _HEAD + _CHECK < len(text) <= 2 * LONGEST or set(text) & set("./\\"):
        return False
    signs = bare(text)
    if not _HEAD + _CHECK < len(signs) <= LONGEST or not re.search(r"\d", text):
        return False
    return set(signs) <= set(SIGNS) or bool(re.fullmatch(_GROUPS, text.strip()))


def split_code(line: str) -> tuple[str, str]:
    """
    Which code stands in a line, and what else: a name? No code: an empty text and the line.

    A name may stand before the code or behind it, as in a message to a group. Of a code with a
    slip in it the line is given whole.

    >>> code = encode({"id": "7f9c2b1e", "answers": {}}, load_checklist())
    >>> split_code(f"{code} Ann Lee, Lantern") == (code, "Ann Lee, Lantern")
    True
    >>> split_code("Ann Lee")
    ('', 'Ann Lee')
    """
    words = re.sub("[:：，]", r" \g<0> ", line).split()
    for many in range(len(words), 0, -1):  # its groups may be typed apart
        for at in range(len(words) - many + 1):
            code = " ".join(words[at : at + many])
            whole = code[0].isalnum() and code[-1].isalnum()
            if whole and is_code(code) and _rest(bare(code)) == 1:
                beside = (" ".join(part) for part in (words[:at], words[at + many :]))
                return code, ", ".join(p for part in beside if (p := part.strip(" :：,，")))
    return (line, "") if any(is_code(one) for one in (line, *words)) else ("", line)


def decode(code: str, own: str | Path | None = None) -> dict[str, Any]:
    """
    Which answers does a code stand for? An answers document, every level without evidence.

    `own`: the file of one's own content that the form was made with. A code with a slip in it is
    refused with the code that was probably meant; so is one of a checklist that is not known.
    """
    signs = bare(code)
    wrong = "".join(dict.fromkeys(sign for sign in signs if sign not in SIGNS))
    given = code.strip()[:LONGEST]
    if wrong:
        raise refuse("code", "code_shape", given=given, wrong=wrong[:LONGEST])
    least = _HEAD + _CHECK + 1
    if not least <= len(signs) <= LONGEST:
        raise refuse("code", "code_length", given=given, n=len(signs), low=least, high=LONGEST)
    if _rest(signs) != 1:
        raise refuse("code", "code_wrong", _meant(signs))
    body = signs[:-_CHECK]
    for checklist, version in _candidates(own):
        names = asked(checklist, version)
        right = len(body) == _HEAD + 2 * -(-len(names) // 3)
        if right and mark(checklist, version) == body[:2]:
            return _document(body, checklist.id, version, names)
    raise refuse("code", "code_unknown")


def _document(body: str, checklist: str, version: str, names: Sequence[str]) -> dict[str, Any]:
    threes = (f"{_number(body[at : at + 2]):03d}" for at in range(_HEAD, len(body), 2))
    states = [int(digit) for digit in "".join(threes)]
    answers = {name: _answer(state) for name, state in zip(names, states, strict=False)}
    community = _community(_number(body[6:9]), _number(body[9:13]))
    return {
        "format": "playbook-answers/1",
        "id": f"code-{_number(body[2:6]):05x}",
        "checklist": checklist,
        "content_version": version,
        **({"community": community} if community else {}),
        "answers": {name: answer for name, answer in answers.items() if answer},
    }


def _candidates(own: str | Path | None) -> Iterator[tuple[Checklist, str]]:
    """Every checklist in every version that its own entries tell of, the newest first."""
    names: Sequence[str] = checklist_names()
    if own is not None:  # a faulty file is told by load_checklist
        document = parse_toml(read_text(Path(own)), Path(own).name)
        names = [str(document.get("checklist", "isooc"))]
    for name in names:
        checklist = load_checklist(name, own)
        told = {v for c in checklist.criteria for v in (c.since, c.changed, c.retired) if v}
        for version in sorted(told | {checklist.version}, key=_place, reverse=True):
            yield checklist, version


def _place(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _state(answer: Mapping[str, Any]) -> int:
    if answer.get("level") is not None:
        return int(answer["level"])
    if answer.get("na") is not None:
        return _NA + NA.index(answer["na"])
    return _UNKNOWN if answer.get("unknown") else _ABSENT


def _answer(state: int) -> dict[str, Any]:
    if state < _UNKNOWN:
        return {"level": state}
    if state == _UNKNOWN:
        return {"unknown": True}
    if state == _ABSENT:
        return {}
    reason = NA[state - _NA]
    # A code has no room for the reason that was written; where it is told to be.
    return {"na": reason} | ({"note": say("form.code_reason")} if reason == "other" else {})


def _choices(community: Mapping[str, Any]) -> int:
    given = {**community, **(community.get("funnel") or {})}
    number = 0
    for key, values in CHOICES:
        number = number * len(values) + values.index(given.get(key))
    return number


def _members(members: int | None) -> int:
    if members is None:
        return 0
    tens = 0
    while members >= _DIGITS:
        members, tens = members // 10, tens + 1
    return 1 + tens * _DIGITS + members


def _community(choices: int, members: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, values in reversed(CHOICES):
        choices, place = divmod(choices, len(values))
        found[key] = values[place]
    found = {key: value for key, value in reversed(found.items()) if value is not None}
    funnel = {key: found.pop(key) for key in ("stage", "earning") if key in found}
    if members:
        tens, digits = divmod(members - 1, _DIGITS)
        found["members"] = digits * 10**tens
    return found | ({"funnel": funnel} if funnel else {})


def _threes(states: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    turns = [iter(states)] * 3
    yield from zip_longest(*turns, fillvalue=_ABSENT)


def _signs(number: int, count: int) -> str:
    return "".join(SIGNS[number >> 5 * at & 31] for at in reversed(range(count)))


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number * 32 + SIGNS.index(sign)
    return number


def _rest(signs: str) -> int:
    """The remainder of Bech32's code (BIP 173): 1 for a code without a slip."""
    rest = 1
    for sign in signs:
        top, rest = rest >> 25, (rest & 0x1FFFFFF) << 5 ^ SIGNS.index(sign)
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                rest ^= generator
    return rest


def _check(body: str) -> str:
    return _signs(_rest(body + "0" * _CHECK) ^ 1, _CHECK)


def _meant(signs: str) -> str | None:
    """The one code that differs in a single sign, if there is one."""
    for at, was in enumerate(signs):
        for sign in SIGNS:
            tried = signs[:at] + sign + signs[at + 1 :]
            if sign != was and _rest(tried) == 1:
                return grouped(tried)
    return None
