"""A comparison with a survey in words, as figures, and as a layer for the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from gatusyn.evaluate.agreement import CLASSES, Estimate
from gatusyn.evaluate.survey import ComparedSection, SurveyComparison
from gatusyn.model import Grade, Network
from gatusyn.store import ColumnType, Style, Table, difference_qml


def survey_text(done: SurveyComparison) -> str:
    """Return a comparison as text, lines ending in a newline."""
    return "\n".join(_lines(done)) + "\n"


def _lines(done: SurveyComparison) -> Iterator[str]:
    first, survey = done.sections[0].condition, done.survey
    better = "higher is better" if done.higher_is_better else "lower is better"
    yield f"Survey   {survey.source}, column {survey.value_column}: {done.scale.value}, {better}"
    yield f"Ours     {done.period}, by the {first.method} method ({first.index_name})"
    yield (
        f"Rows     {done.received:,} received = {done.compared:,} compared + "
        f"{sum(done.left_out.values()):,} left out; placed by {survey.placed_by.value}"
    )
    for reason, count in sorted(done.left_out.items(), key=lambda item: -item[1]):
        yield f"         {count:,}: {reason}"
    km = sum(one.section.length_m for one in done.sections) / 1000
    yield f"Compared {len(done.sections):,} sections, {km:,.2f} km"
    yield ""
    yield from _figures(done)
    yield ""
    yield from _confusion(done)


def _figures(done: SurveyComparison) -> Iterator[str]:
    own = done.agreement
    yield f"Same class                {own.same:7.1%}"
    yield f"At most one class apart   {own.within_one:7.1%}"
    yield f"Kappa, linear weights     {_told(own.linear_kappa)}"
    yield f"Kappa, quadratic weights  {_told(own.quadratic_kappa)}"
    yield f"Rank correlation          {_told(own.rank_correlation)}"
    yield f"We are stricter by        {_told(own.bias)}   classes"
    yield "Intervals: 95 %, bootstrapped over streets."


def _told(figure: Estimate) -> str:
    if figure.value is None:
        return "   none (all alike)"
    if figure.low is None or figure.high is None:
        return f"{figure.value:7.3f}   (too few streets for an interval)"
    return f"{figure.value:7.3f}   ({figure.low:.3f} to {figure.high:.3f})"


def _confusion(done: SurveyComparison) -> Iterator[str]:
    table = done.agreement.confusion
    ours = "".join(f"{number:>8}" for number in range(1, CLASSES + 1))
    yield f"{'Survey, down; ours, across':<26}{ours}{'survey':>10}{'same':>8}"
    for number, row in enumerate(table, start=1):
        word = f"{number} {Grade.of_number(number).word}"
        same = f"{row[number - 1] / sum(row):>8.0%}" if sum(row) else f"{'-':>8}"
        yield f"{word:<26}{''.join(f'{count:>8,}' for count in row)}{sum(row):>10,}{same}"
    columns = [sum(row[place] for row in table) for place in range(CLASSES)]
    yield f"{'ours':<26}{''.join(f'{count:>8,}' for count in columns)}"


def survey_as_json(done: SurveyComparison) -> dict[str, Any]:
    """Return a comparison as plain values."""
    first, survey = done.sections[0].condition, done.survey
    own = done.agreement
    table = own.confusion
    return {
        "survey": {
            "file": survey.source,
            "value": survey.value_column,
            "scale": done.scale.value,
            "higher_is_better": done.higher_is_better,
            "placed_by": survey.placed_by.value,
        },
        "ours": {"period": done.period, "method": first.method, "index_name": first.index_name},
        "rows": {
            "received": done.received,
            "compared": done.compared,
            "left_out": dict(done.left_out),
        },
        "sections": len(done.sections),
        "length_m": sum(one.section.length_m for one in done.sections),
        "same": own.same,
        "within_one": own.within_one,
        "linear_kappa": asdict(own.linear_kappa),
        "quadratic_kappa": asdict(own.quadratic_kappa),
        "rank_correlation": asdict(own.rank_correlation),
        "bias": asdict(own.bias),
        "confusion": [list(row) for row in table],
        "by_class": [
            {
                "class": number,
                "survey": sum(row),
                "ours": sum(other[number - 1] for other in table),
                "same": row[number - 1],
            }
            for number, row in enumerate(table, start=1)
        ],
    }


def survey_table(done: SurveyComparison, network: Network) -> Table:
    """Return the compared sections as a layer, with a style that shows the differences."""
    columns = {
        "section_id": ColumnType.TEXT,
        "element_id": ColumnType.TEXT,
        "start_measure": ColumnType.REAL,
        "end_measure": ColumnType.REAL,
        "street_name": ColumnType.TEXT,
        "survey_value": ColumnType.REAL,
        "survey_class": ColumnType.INTEGER,
        "period": ColumnType.TEXT,
        "method": ColumnType.TEXT,
        "index_name": ColumnType.TEXT,
        "condition_index": ColumnType.REAL,
        "index_low": ColumnType.REAL,
        "index_high": ColumnType.REAL,
        "grade": ColumnType.INTEGER,
        "difference": ColumnType.INTEGER,
        "reasons": ColumnType.TEXT,
    }
    return Table(
        name="survey_comparison",
        columns=columns,
        rows=tuple(_row(one, network) for one in done.sections),
        geometries=tuple(one.section.line for one in done.sections),
        style=Style(name="Difference", qml=difference_qml()),
    )


def _row(one: ComparedSection, network: Network) -> Mapping[str, Any]:
    section, condition = one.section, one.condition
    low, high = condition.index_interval or (None, None)
    return {
        "section_id": section.section_id,
        "element_id": section.element_id,
        "start_measure": section.start_measure,
        "end_measure": section.end_measure,
        "street_name": network.link_by_id[section.link_id].street_name,
        "survey_value": one.survey_value,
        "survey_class": one.survey_class,
        "period": condition.period,
        "method": condition.method.value,
        "index_name": condition.index_name,
        "condition_index": condition.index,
        "index_low": low,
        "index_high": high,
        "grade": condition.grade.number,
        "difference": one.difference,
        "reasons": "; ".join(f"{r.text} (−{r.deduct:.0f})" for r in condition.reasons),
    }
