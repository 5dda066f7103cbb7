"""Agreement of raters: Krippendorff's α against published worked examples, medians, bands."""

from collections.abc import Callable, Sequence
from itertools import permutations
from typing import Any

import pytest
import small

from playbook.scoring.agreement import agree, bootstrap, ordinal_alpha

Units = list[list[int]]


def units(*observers: str) -> Units:
    """Read one row an observer, a dot where nothing was said; give the values of each unit."""
    rows = [row.split() for row in observers]
    return [[int(v) for v in unit if v != "."] for unit in zip(*rows, strict=True)]


# Krippendorff, K. (2011), Computing Krippendorff's Alpha-Reliability: four observers, 12 units.
FOUR_OBSERVERS = units(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# The same paper: two observers, ten units, two values.
TWO_OBSERVERS = units("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")
# The worked example of the encyclopedia's article on α: three coders, 15 units.
THREE_CODERS = units(
    ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "1 . 2 1 3 3 4 3 . . . . . . .",
    ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
)

Metric = Callable[[int, int, list[int]], float]


def nominal(one: int, other: int, _: list[int]) -> float:
    """Tell whether two values differ."""
    return float(one != other)


def interval(one: int, other: int, _: list[int]) -> float:
    """Tell how far two values are apart."""
    return float(one - other) ** 2


def ordinal(one: int, other: int, said: list[int]) -> float:
    """Count the ratings between two values, those of the ends half."""
    low, high = min(one, other), max(one, other)
    between = sum(low <= value <= high for value in said)
    return (between - (said.count(low) + said.count(high)) / 2) ** 2


def by_definition(found: Sequence[Sequence[int]], metric: Metric) -> float:
    """Work α out from its definition: 1 - disagreement within units ÷ disagreement in all."""
    paired = [unit for unit in found if len(unit) > 1]
    said = [value for unit in paired for value in unit]
    within = sum(
        metric(one, other, said) / (len(unit) - 1)
        for unit in paired
        for one, other in permutations(unit, 2)
    )
    everywhere = sum(metric(one, other, said) for one, other in permutations(said, 2))
    return 1 - within / (everywhere / (len(said) - 1))


@pytest.mark.parametrize(
    ("found", "metric", "published"),
    [
        (FOUR_OBSERVERS, nominal, "0.743"),
        (FOUR_OBSERVERS, interval, "0.849"),
        (FOUR_OBSERVERS, ordinal, "0.815"),
        (TWO_OBSERVERS, nominal, "0.095"),
        (THREE_CODERS, nominal, "0.691"),
        (THREE_CODERS, interval, "0.811"),
    ],
)
def test_the_examples_are_copied_right(found: Units, metric: Metric, published: str) -> None:
    """Worked out from the definition, the examples give what their authors print."""
    assert published == f"{by_definition(found, metric):.3f}"


@pytest.mark.parametrize(
    ("found", "published"),
    [
        (FOUR_OBSERVERS, "0.815"),
        (TWO_OBSERVERS, "0.095"),  # with two values every metric is the same
        (THREE_CODERS, "0.807"),  # not printed there: by the definition
    ],
)
def test_ordinal_alpha_is_the_published_one(found: Units, published: str) -> None:
    """Krippendorff's own examples give his numbers, in any order."""
    assert published == f"{ordinal_alpha(found):.3f}"
    assert ordinal_alpha(found) == pytest.approx(by_definition(found, ordinal), abs=1e-12)
    turned = [list(reversed(unit)) for unit in reversed(found)]
    assert ordinal_alpha(found) == pytest.approx(ordinal_alpha(turned), abs=1e-12)


@pytest.mark.parametrize(
    ("found", "alpha"),
    [
        ([[0, 0], [3, 3]], 1.0),
        # within 2d + 2d = 4d; everywhere 2 × 2 × 2 d = 8d of 4 ratings; 1 - 4d / (8d / 3) = -.5
        ([[0, 3], [0, 3]], -0.5),
        ([[0, 3], [3, 0]], -0.5),
    ],
)
def test_alpha_by_hand(found: Units, alpha: float) -> None:
    """Full agreement is 1; agreeing less than by chance is below 0."""
    assert alpha == pytest.approx(ordinal_alpha(found))


@pytest.mark.parametrize("found", [[], [[]], [[1], [2], [3]], [[2, 2], [2, 2]], [[1], [2, 2]]])
def test_alpha_is_undefined_without_variation(found: Units) -> None:
    """Nothing rated twice, or one value everywhere: there is no α, not 0 and not 1."""
    assert (None, None) == (ordinal_alpha(found), bootstrap(found))


def test_what_one_rater_alone_said_does_not_count() -> None:
    """A unit with one value cannot be paired and leaves α as it is."""
    assert ordinal_alpha(FOUR_OBSERVERS) == ordinal_alpha([*FOUR_OBSERVERS, [4], []])


def test_the_bootstrap_is_the_same_every_time_and_holds_alpha() -> None:
    """One seed, one interval; another seed, another; α lies within, α's own bounds without."""
    low, high = bootstrap(FOUR_OBSERVERS) or (0, 0)
    assert (low, high) == bootstrap(FOUR_OBSERVERS)
    assert (low, high) != bootstrap(FOUR_OBSERVERS, seed=1)
    assert -1 <= low < (ordinal_alpha(FOUR_OBSERVERS) or 0) < high <= 1


def test_the_bootstrap_narrows_with_more_items() -> None:
    """The same items five times over tell the same α with more confidence."""
    few, many = (bootstrap(FOUR_OBSERVERS * n) or (0, 0) for n in (1, 5))
    assert many[1] - many[0] < few[1] - few[0]


def test_one_item_has_no_bootstrap() -> None:
    """Drawing one item again and again tells nothing of other items."""
    assert bootstrap([[0, 3, 3]]) is None


def raters(*told: dict[str, Any]) -> list[Any]:
    """Give one answers document a rater."""
    return [small.answers(levels) for levels in told]


def test_items_show_median_range_and_share_within_one() -> None:
    """0, 1, 3, 3: median 2, range 3; 1, 3 and 3 lie within one of it; who is silent is left out."""
    found = agree(
        small.checklist(),
        raters({"a.one": 0}, {"a.one": 1}, {"a.one": 3}, {"a.one": 3}, {"a.one": None}, {}),
    )
    item = found.items[0]
    expected = ("a.one", (0, 1, 3, 3), 2.0, 3, 0.75)
    assert expected == (item.criterion, item.levels, item.median, item.range, item.within_one)


def test_an_item_nobody_answered_has_no_median() -> None:
    """Unknown and not applicable are no levels; a value that does not exist is None."""
    item = agree(small.checklist(), raters({"a.one": "na"}, {"a.one": None})).items[0]
    assert ((), None, None, None) == (item.levels, item.median, item.range, item.within_one)


@pytest.mark.parametrize(
    ("alpha", "group"),
    [
        (None, "undefined"),
        (-0.2, "withheld"),
        (0.666, "withheld"),
        (0.667, "tentative"),
        (0.799, "tentative"),
        (0.8, "shown"),
        (1.0, "shown"),
    ],
)
def test_the_group_number_hangs_on_alpha(
    monkeypatch: pytest.MonkeyPatch, alpha: float | None, group: str
) -> None:
    """Below .667 the single number is withheld, below .80 it is tentative."""
    monkeypatch.setattr("playbook.scoring.agreement.ordinal_alpha", lambda _: alpha)
    assert group == agree(small.checklist(), raters({"a.one": 1}, {"a.one": 1})).group


def test_who_disagrees_learns_what_to_talk_about() -> None:
    """Two levels apart or more, widest first; medians are shown whatever α is."""
    one = {"a.one": 0, "a.two": 1, "a.three": 1, "b.one": 3, "c.one": 0}
    other = {"a.one": 3, "a.two": 3, "a.three": 2, "b.one": 0, "c.one": 3}
    found = agree(small.checklist(), raters(one, other))
    assert "withheld" == found.group
    assert ("a.one", "b.one", "c.one", "a.two") == found.talk_about
    assert [1.5, 2.0, 1.5, 1.5, None, 1.5] == [item.median for item in found.items]


def test_who_agrees_gets_a_number() -> None:
    """Three raters of one mind over different levels: α is 1, nothing is left to talk about."""
    same = {"a.one": 0, "a.two": 1, "a.three": 2, "b.one": 3}
    found = agree(small.checklist(), raters(same, same, same))
    assert (1.0, (1.0, 1.0), "shown", ()) == (
        found.alpha,
        found.interval,
        found.group,
        found.talk_about,
    )


def test_one_rater_has_medians_and_no_agreement() -> None:
    """Alone one cannot agree."""
    found = agree(small.checklist(), raters({"a.one": 2, "b.one": 3}))
    assert (None, None, "undefined", 2.0) == (
        found.alpha,
        found.interval,
        found.group,
        found.items[0].median,
    )


def test_raters_are_judged_over_items_and_not_over_order() -> None:
    """The order of the raters never matters."""
    told = raters({"a.one": 0, "b.one": 2}, {"a.one": 1, "b.one": 3}, {"a.one": 0, "b.one": 3})
    first = agree(small.checklist(), told)
    for order in permutations(told):
        again = agree(small.checklist(), order)
        assert first.alpha == pytest.approx(again.alpha)
        assert [item.median for item in first.items] == [item.median for item in again.items]


def test_fractions_are_not_lost_on_the_way() -> None:
    """With three raters each pair weighs ½; two dozen items stay exact."""
    many = [[0, 1, 1], [2, 2, 3], [1, 1, 1], [3, 3, 0]] * 6
    assert ordinal_alpha(many) == pytest.approx(by_definition(many, ordinal), abs=1e-9)
