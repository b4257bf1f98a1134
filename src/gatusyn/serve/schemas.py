"""What goes over the wire; positions are WGS 84 longitude, latitude in degrees."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from gatusyn.model import FindingState, Growth
from gatusyn.serve.themes import Theme

Position = tuple[float, float]
Box = tuple[float, float, float, float]
"""West, south, east, north."""


class Schema(BaseModel):
    """The base of all schemas: immutable, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GradeOut(Schema):
    """A grade, number and word together: 1 is best, 5 is worst, 0 is unknown."""

    number: int
    word: str


class LegendEntry(Schema):
    """A class of the legend with the kilometres in it."""

    grade: GradeOut
    colour: str
    km: float
    sections: int


class CityOut(Schema):
    """The town as a whole in one period.

    At is the month at whose end it is shown as it was known then; the months are those of the first
    and the last look. Seen is each section's length times the share of it that was looked at;
    graded is the length of the sections of which enough was looked at. Method and index name say
    how grades were made.
    """

    name: str
    stamp: str
    bounds: Box
    periods: list[str]
    period: str | None
    method: str | None
    index_name: str | None
    legend: list[LegendEntry]
    total_km: float
    graded_km: float
    seen_km: float
    findings: int
    drives: int
    last_driven_s: float | None
    may_review: bool
    themes: list[Theme]
    first_month: str | None
    last_month: str | None
    at: str | None


class SectionRow(Schema):
    """A section in the list."""

    section_id: str
    street: str
    element_id: str
    start_measure: float
    end_measure: float
    start_m: float
    end_m: float
    network_type: str
    grade: GradeOut
    method: str
    index: float | None
    index_low: float | None
    index_high: float | None
    observed_share: float
    centre: Position
    bounds: Box


class SectionPage(Schema):
    """A page of the list."""

    total: int
    limit: int
    offset: int
    items: list[SectionRow]


class ExtentOut(Schema):
    """How much of one damage of one severity the section has.

    The share is of the observed surface; along, of the observed length, counts worse ones in.
    """

    kind: str
    severity: int
    count: int
    length_m: float
    area_m2: float
    share: float
    along_share: float


class ReasonOut(Schema):
    """What one damage of one severity took off the index."""

    kind: str
    severity: int
    deduct: float
    text: str


class FindingOut(Schema):
    """One damage on the road.

    Frames that saw it (sightings) of how many that looked at its place, and drives that saw it.
    Those that are gone, repaired or rejected are listed and do not count in the grade.
    """

    finding_id: str
    kind: str
    section_id: str
    element_id: str
    measure: float
    side: str
    length_m: float
    area_m2: float
    severity: int
    severity_reason: str
    confidence: float
    sigma_along_m: float
    sigma_across_m: float
    sightings: int
    looks: int
    drives: int
    state: FindingState
    ended_s: float | None
    growth: Growth
    growth_m2_year: float | None
    growth_sigma_m2_year: float | None
    first_seen_s: float
    last_seen_s: float
    centre: Position


class FindingPage(Schema):
    """A page of the list of findings."""

    total: int
    limit: int
    offset: int
    items: list[FindingOut]


class OutlineOut(Schema):
    """A damage drawn on a picture: x, y in pixels of the picture as stored.

    Its kind is that of its finding; what became of no finding has a pixel class only.
    """

    observation_id: str
    finding_id: str | None
    pixel_class: str
    kind: str | None
    confidence: float
    in_section: bool
    points: list[Position]


class PictureOut(Schema):
    """A blurred picture that looked at the section."""

    picture_id: str
    url: str
    width_px: int
    height_px: int
    time_s: float
    bearing_deg: float
    centre: Position
    hidden_regions: int
    outlines: list[OutlineOut]


class HistoryOut(Schema):
    """The section in one period."""

    period: str
    grade: GradeOut
    method: str
    index: float | None
    index_low: float | None
    index_high: float | None
    observed_share: float
    last_look_s: float | None


class SectionCard(SectionRow):
    """All about one section.

    Grade period is the period that the grade is of: of a past month it may be an earlier one.
    """

    grade_period: str | None

    link_id: str
    length_m: float
    width_m: float
    width_is_assumed: bool
    speed_limits_kmh: list[float]
    surface: str | None
    road_keeper: str | None
    observed_m2: float
    seen_well_share: float
    seen_poorly_share: float
    not_seen_share: float
    last_look_s: float | None
    frames: int
    confidence: float
    index_name: str
    deduct_index: float | None
    handbook_index: float | None
    handbook_grade: GradeOut
    extents: list[ExtentOut]
    reasons: list[ReasonOut]
    findings: list[FindingOut]
    pictures: list[PictureOut]
    history: list[HistoryOut]
    before_id: str | None
    after_id: str | None


class StreetOut(Schema):
    """A street's sections taken together."""

    street: str
    sections: int
    length_km: float
    graded_km: float
    mean_index: float | None
    worst: GradeOut
    bounds: Box


class StreetPage(Schema):
    """A page of the streets."""

    total: int
    limit: int
    offset: int
    items: list[StreetOut]


class PublicStreetOut(Schema):
    """A street as everybody may see it: half of its graded length is no worse than its grade."""

    street: str
    length_km: float
    graded_share: float
    grade: GradeOut
    worst: GradeOut


class PublicStreetPage(Schema):
    """A page of the streets for everybody."""

    total: int
    limit: int
    offset: int
    items: list[PublicStreetOut]


class AliveOut(Schema):
    """The process answers."""

    alive: bool


class ReadyOut(Schema):
    """Whether the service can work, and why not."""

    ready: bool
    faults: list[str]


class PicturePair(Schema):
    """A place then and now."""

    before: PictureOut
    after: PictureOut


class PairOut(Schema):
    """The earliest and the newest picture of one place; null where no two drives looked at it."""

    pair: PicturePair | None


class ProgrammeLine(Schema):
    """A saved programme in the list."""

    name: str
    made_s: float
    made_by: str


class ProgrammeList(Schema):
    """The saved programmes, oldest first."""

    items: list[ProgrammeLine]
