from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags

from gatusyn.capture.exif import read_tags

T0 = 1_748_772_000.0
_VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=22),
    st.binary(max_size=9),
    st.tuples(st.floats(), st.floats(), st.floats()),
    st.just("2025:06:01 10:00:00"),
)


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from([ExifTags.Base.DateTime]), _VALUES),
    st.dictionaries(
        st.sampled_from(
            [
                ExifTags.Base.DateTimeOriginal,
                ExifTags.Base.OffsetTimeOriginal,
                ExifTags.Base.SubsecTimeOriginal,
            ]
        ),
        _VALUES,
    ),
    st.dictionaries(st.sampled_from(list(ExifTags.GPS)), _VALUES),
)
def test_any_exif_is_read_or_missing(
    main: dict[int, object], detail: dict[int, object], gps: dict[int, object]
) -> None:
    tags = read_tags(main, detail, gps)
    assert math.isnan(tags.lat_deg) or abs(tags.lat_deg) <= 90
    assert math.isnan(tags.lon_deg) or abs(tags.lon_deg) <= 180


def test_exif_south_and_west_and_gps_time() -> None:
    gps: dict[int, object] = {
        ExifTags.GPS.GPSLatitude: (33.0, 30.0, 0.0),
        ExifTags.GPS.GPSLatitudeRef: "S",
        ExifTags.GPS.GPSLongitude: (70.0, 15.0, 36.0),
        ExifTags.GPS.GPSLongitudeRef: "W",
        ExifTags.GPS.GPSDateStamp: "2025:06:01",
        ExifTags.GPS.GPSTimeStamp: (10.0, 0.0, 2.5),
    }
    tags = read_tags({ExifTags.Base.DateTime: "2025:06:01 12:00:00"}, {}, gps)
    assert (tags.lat_deg, tags.lon_deg) == pytest.approx((-33.5, -70.26))
    assert tags.time_s == T0 + 2.5
    assert tags.zoned


@pytest.mark.parametrize(("stated", "focal"), [(26, 26.0), (0, math.nan), ("x", math.nan)])
def test_exif_focal_length_as_on_film(stated: object, focal: float) -> None:
    tags = read_tags({}, {ExifTags.Base.FocalLengthIn35mmFilm: stated}, {})
    assert tags.focal_35mm == pytest.approx(focal, nan_ok=True)
