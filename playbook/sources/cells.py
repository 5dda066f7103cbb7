"""What stands in a cell: text as a person reads it, money, and what Excel made of both."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from math import isfinite
from typing import Any

#: A long number that Excel shortened when it saved as CSV: its digits are gone for good.
_SHORTENED = re.compile(r"[1-9](?:[.,]\d+)?[Ee]\+1\d")
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
#: An apostrophe that keeps a spreadsheet from reading a number or a formula into a text.
_KEPT = re.compile(r"^'(?=[\d=+\-@\t])")
_EDGES = " \t\r\n\v\f\xa0\u3000\ufeff"
_SIGNS = {"¥": "CNY", "￥": "CNY", "元": "CNY", "RMB": "CNY", "CNY": "CNY", "€": "EUR", "£": "GBP"}
_SIGN = re.compile(r"(?:(?P<code>[A-Z]{3})|[¥￥元€£$]|人民币|RMB)")
_PLAIN = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}")
_TIMES = {"万": 10_000, "千": 1_000, "亿": 100_000_000}


def as_text(value: Any) -> str:
    r"""
    What does a cell say?

    Spaces, tabs and the apostrophe that protects numbers are taken off; a whole number has no
    `.0`; an error of the spreadsheet is an empty cell.

    >>> as_text("\t'00123 "), as_text(123.0), as_text(None), as_text("#N/A")
    ('00123', '123', '', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip(_EDGES)
        if text[:1] == "'":
            return _KEPT.sub("", text)
        return "" if text[:1] == "#" and text in _ERRORS else text
    if isinstance(value, float):
        return str(int(value)) if isfinite(value) and value == int(value) else str(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value)


def said(cell: Any) -> str:
    """What does a cell say whose text is tidy already?"""
    return cell if cell.__class__ is str else as_text(cell)


def is_shortened(value: Any) -> bool:
    """Did Excel turn a long number into 1.23E+17, so that many become one?

    >>> is_shortened("1.23457E+17"), is_shortened("123457000000000001")
    (True, False)
    """
    if isinstance(value, float):  # beyond fifteen digits a workbook has lost them too
        return value >= 1e15
    return isinstance(value, str) and bool(_SHORTENED.fullmatch(as_text(value)))


def money(value: Any) -> tuple[float, str | None] | None:
    """
    How much, and in which currency, as far as the cell says it? None: no amount.

    `$` is a currency of twenty countries and names none. 1,234 is a thousand and 1,50 is one and
    a half; (12) is minus twelve, as accountants write it.

    >>> money("¥1,234.50"), money("1.2万"), money("(12) EUR"), money("三元")
    ((1234.5, 'CNY'), (12000.0, None), (-12.0, 'EUR'), None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return (float(value), None) if abs(value) < 1e15 else None
    return _amount(as_text(value))


@lru_cache(maxsize=10_000)  # prices come again and again
def _amount(text: str) -> tuple[float, str | None] | None:
    if _PLAIN.fullmatch(text) and len(text) < 16:
        return float(text), None
    text = text.upper().replace(" ", "").replace("\xa0", "").replace("−", "-")
    if not text or len(text) > 40:
        return None
    codes = [_SIGNS.get(one[0], one["code"]) for one in _SIGN.finditer(text)]
    text = _SIGN.sub("", text)
    minus = text.startswith("-") or (text.startswith("(") and text.endswith(")"))
    text = text.strip("-+()")
    times = _TIMES.get(text[-1:], 1)
    amount = _number(text if times == 1 else text[:-1])
    if amount is None:
        return None
    code = next(filter(None, codes), None)
    return (-amount if minus else amount) * times, "CNY" if code == "RMB" else code


def _number(text: str) -> float | None:
    if _PLAIN.fullmatch(text):
        return float(text)
    if _THOUSANDS.fullmatch(text):
        return float(text.replace(",", ""))
    if _COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    return None
