"""NMEA 0183 logs: positions from RMC and GGA sentences, dates from RMC and ZDA."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pynmea2

from gatusyn.capture.fixes import RANGE_ERROR_M, Fixes, make_fixes
from gatusyn.model import (
    DriveFault,
    DriveNote,
    DriveRemark,
    Figure,
    TrackError,
)

_HALF_DAY_S = 43200.0


@dataclass(slots=True)
class _Log:
    """Fixes by time; those from before the first date wait until it is known."""

    day: date | None = None
    clock_s: float = 0.0
    waiting: list[tuple[float, float, float, float]] = field(default_factory=list)
    fixes: dict[float, tuple[float, float, float]] = field(default_factory=dict)

    def set_day(self, day: date, clock_s: float) -> None:
        self.day, self.clock_s = day, clock_s
        waiting, self.waiting = self.waiting, []
        for seconds, lon, lat, hdop in waiting:
            # A fix late in the day, waiting for a date early in it, belongs to the day before.
            late = seconds - clock_s > _HALF_DAY_S
            self._put(day - timedelta(days=1) if late else day, seconds, lon, lat, hdop)

    def add(self, clock_s: float, lon: float, lat: float, hdop: float) -> None:
        if self.day is None:
            self.waiting.append((clock_s, lon, lat, hdop))
            return
        if clock_s < self.clock_s - _HALF_DAY_S:
            self.day += timedelta(days=1)
        self.clock_s = clock_s
        self._put(self.day, clock_s, lon, lat, hdop)

    def _put(self, day: date, clock_s: float, lon: float, lat: float, hdop: float) -> None:
        midnight = datetime.combine(day, time(), tzinfo=UTC).timestamp()
        former = self.fixes.get(midnight + clock_s)
        if former is not None and math.isnan(hdop):
            hdop = former[2]
        self.fixes[midnight + clock_s] = (lon, lat, hdop)


def parse_nmea(text: str, *, source: str) -> Fixes:
    """Return the fixes of an NMEA log.

    Parameters
    ----------
    text
        The log; whatever is not a sentence is passed over.
    source
        The file's name, for messages.

    Raises
    ------
    TrackError
        If it has no positions, or no dates.
    """
    log = _Log()
    broken = 0
    for line in text.splitlines():
        start = line.find("$")
        if start < 0:
            continue
        try:
            _take(pynmea2.parse(line[start:].strip()), log)
        except pynmea2.SentenceTypeError:
            continue
        except (pynmea2.ParseError, ValueError, TypeError, AttributeError, IndexError):
            broken += 1
    if not log.fixes:
        if log.waiting:
            raise TrackError(
                source,
                "has times of day but no date",
                "Let the receiver log RMC or ZDA sentences too.",
                fault=DriveFault.TRACK_TIMELESS,
            )
        raise TrackError(
            source,
            "has no positions (RMC or GGA sentences)",
            "Check that the receiver had a fix.",
            fault=DriveFault.TRACK_EMPTY,
        )
    rows = [(key, lon, lat, hdop * RANGE_ERROR_M) for key, (lon, lat, hdop) in log.fixes.items()]
    figures: dict[str, Figure] = {"source": source, "left_out": broken}
    remark = DriveRemark(note=DriveNote.SENTENCES_BROKEN, figures=figures)
    return make_fixes(rows, remarks=(remark,) if broken else ())


def _take(sentence: pynmea2.NMEASentence, log: _Log) -> None:
    kind = getattr(sentence, "sentence_type", "")
    if kind == "RMC" and sentence.datestamp and sentence.timestamp:
        seconds = _seconds(sentence.timestamp)
        log.set_day(sentence.datestamp, seconds)
        if sentence.status == "A":
            log.add(seconds, float(sentence.longitude), float(sentence.latitude), math.nan)
    elif kind == "ZDA" and sentence.timestamp:
        day = date(int(sentence.year), int(sentence.month), int(sentence.day))
        log.set_day(day, _seconds(sentence.timestamp))
    elif kind == "GGA" and sentence.timestamp and int(sentence.gps_qual or 0) > 0:
        hdop = float(sentence.horizontal_dil) if sentence.horizontal_dil else math.nan
        seconds = _seconds(sentence.timestamp)
        log.add(seconds, float(sentence.longitude), float(sentence.latitude), hdop)


def _seconds(clock: time) -> float:
    return clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
