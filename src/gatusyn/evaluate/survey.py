"""A city's grades beside a survey of the same streets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gatusyn.evaluate.agreement import CLASSES, Agreement, agreement
from gatusyn.evaluate.place_survey import Placed, place_survey
from gatusyn.evaluate.read_survey import Survey
from gatusyn.model import Network, Section, SectionCondition, SurveyError

Reals = NDArray[np.float64]

LEAST_COVERED = 0.5
"""A section of which the survey covers less of the length has no value by it."""

NO_GRADE, TOO_LITTLE = "the section has no grade", "covers too little of a section"


class Scale(StrEnum):
    """What a survey's values are."""

    CLASSES = "classes 1 to 5"
    INDEX = "an index 0 to 100"
    LIMITS = "values with limits given"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyReading:
    """How values become classes.

    Parameters
    ----------
    higher_is_better
        None: no of classes, yes of an index.
    limits
        Four values between the classes, best first; None takes classes as they are, or the city's
        limits for an index.
    """

    higher_is_better: bool | None = None
    limits: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedSection:
    """One section in both gradings; classes are 1 (best) to 5."""

    section: Section
    condition: SectionCondition
    survey_value: float
    survey_class: int

    @property
    def difference(self) -> int:
        """Classes that we are stricter than the survey."""
        return self.condition.grade.number - self.survey_class


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyComparison:
    """What came of a comparison.

    Parameters
    ----------
    received, compared
        Rows of the survey; ``received == compared + sum(left_out)``.
    left_out
        Rows that were not compared, by reason.
    sections
        In the network's order.
    """

    survey: Survey
    period: str
    scale: Scale
    higher_is_better: bool
    received: int
    compared: int
    left_out: Mapping[str, int]
    sections: tuple[ComparedSection, ...]
    agreement: Agreement


def compare_survey(
    survey: Survey,
    network: Network,
    conditions: Sequence[SectionCondition],
    limits: Sequence[float],
    *,
    reading: SurveyReading | None = None,
    within_m: float = 15.0,
) -> SurveyComparison:
    """Compare a survey with a city's grades, section by section.

    A section's value is the mean of the rows on it, weighted by length; at least half of its length
    must be covered, and the city must have a grade for it.

    Parameters
    ----------
    conditions
        Of one period.
    limits
        Of the city's own index, for a survey that is an index without limits of its own.
    within_m
        As in ``place_survey``.

    Raises
    ------
    SurveyError
        If the survey and the graded sections have nothing in common, or the values need limits.
    """
    if not conditions:
        raise SurveyError(survey.source, "cannot be compared: the city has no grades yet")
    sections = network.counted_sections
    placed = place_survey(survey, sections, within_m=within_m)
    chosen, rows = _with_both(survey, placed, sections, conditions)
    reading = reading or SurveyReading()
    values = np.array([value for _, _, value in chosen])
    scale, higher = _understood(survey, reading)
    classes = _classes(values, scale, reading.limits or limits, higher_is_better=higher)
    compared = tuple(
        ComparedSection(
            section=sections[place],
            condition=condition,
            survey_value=float(value),
            survey_class=int(number),
        )
        for (place, condition, value), number in zip(chosen, classes, strict=True)
    )
    result = SurveyComparison(
        survey=survey,
        period=conditions[0].period,
        scale=scale,
        higher_is_better=higher,
        received=len(survey.rows) + len(survey.left_out),
        compared=sum(reason is None for reason in rows.values()),
        left_out=Counter(
            [reason for _, reason in (*survey.left_out, *placed.left_out)]
            + [reason for reason in rows.values() if reason is not None]
        ),
        sections=compared,
        agreement=agreement(
            classes,
            np.array([one.condition.grade.number for one in compared]),
            values if higher else -values,
            np.array([one.condition.index or 0.0 for one in compared]),
            _streets(network, compared),
        ),
    )
    assert result.received == result.compared + sum(result.left_out.values())
    return result


def _with_both(
    survey: Survey,
    placed: Placed,
    sections: Sequence[Section],
    conditions: Sequence[SectionCondition],
) -> tuple[list[tuple[int, SectionCondition, float]], dict[int, str | None]]:
    """Return sections with a grade and a value, and for each placed row why it was left out."""
    known = {one.section_id: one for one in conditions if one.index is not None}
    values = {row.number: row.value for row in survey.rows}
    reasons: dict[int, str | None] = {}
    chosen = []
    for place, parts in sorted(placed.metres.items()):
        section, covered = sections[place], sum(parts.values())
        condition = known.get(section.section_id)
        reason = None if condition is not None else NO_GRADE
        if covered < LEAST_COVERED * section.length_m:
            reason = TOO_LITTLE
        for row in parts:
            # Compared once is compared; of the reasons the first stays.
            reasons[row] = None if reason is None else reasons.get(row, reason)
        if reason is None and condition is not None:
            mean = sum(values[row] * metres for row, metres in parts.items()) / covered
            chosen.append((place, condition, mean))
    if not chosen:
        raise SurveyError(
            survey.source,
            f"lies on sections none of which can be compared ({Counter(reasons.values())})",
            "Inspect drives of the streets that it covers first.",
        )
    return chosen, reasons


def _understood(survey: Survey, reading: SurveyReading) -> tuple[Scale, bool]:
    """Return what a survey's values are, and whether higher ones are better."""
    scale = _scale(survey, np.array([row.value for row in survey.rows]), reading)
    better = reading.higher_is_better
    if scale is not Scale.LIMITS:
        return scale, scale is Scale.INDEX if better is None else better
    falling = _falling(reading.limits or ())
    if better not in (None, falling):
        raise SurveyError(survey.source, "the limits contradict --higher-is-better")
    return scale, falling


def _scale(survey: Survey, values: Reals, reading: SurveyReading) -> Scale:
    if reading.limits is not None:
        return Scale.LIMITS
    whole = bool((values == np.round(values)).all())
    if whole and values.min() >= 1.0 and values.max() <= CLASSES:
        return Scale.CLASSES
    if values.min() >= 0.0 and values.max() <= 100.0:
        return Scale.INDEX
    raise SurveyError(
        survey.source,
        f"{survey.value_column} goes from {values.min():g} to {values.max():g}, which is neither "
        "classes 1 to 5 nor an index 0 to 100",
        "Give the limits between its classes with --limits, best first.",
    )


def _falling(limits: Sequence[float]) -> bool:
    steps = np.diff(np.asarray(limits, dtype=np.float64))
    if len(limits) != CLASSES - 1 or not ((steps < 0.0).all() or (steps > 0.0).all()):
        raise SurveyError("--limits", "are not four values that rise or fall", "Best first.")
    return bool((steps < 0.0).all())


def _classes(
    values: Reals, scale: Scale, limits: Sequence[float], *, higher_is_better: bool
) -> NDArray[np.int64]:
    """Return classes 1 (best) to 5; a mean between two classes is rounded, halves to the worse."""
    if scale is Scale.CLASSES:
        turned = CLASSES + 1 - values if higher_is_better else values
        return np.clip(np.floor(turned + 0.5), 1, CLASSES).astype(np.int64)
    edges = np.asarray(limits, dtype=np.float64)
    if scale is Scale.INDEX and not higher_is_better:
        values = 100.0 - values
    sign = -1.0 if edges[0] > edges[-1] else 1.0
    return np.searchsorted(sign * edges, sign * values, side="left").astype(np.int64) + 1


def _streets(network: Network, compared: Sequence[ComparedSection]) -> NDArray[np.int64]:
    """Return numbers of streets; a nameless link is a street of its own element."""
    links = [network.link_by_id[one.section.link_id] for one in compared]
    names = [link.street_name or f"\0{link.element_id}" for link in links]
    number = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], dtype=np.int64)
