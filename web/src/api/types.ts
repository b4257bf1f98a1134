/** What the service answers; positions are WGS 84 longitude, latitude. */

export type Position = [number, number];
/** West, south, east, north. */
export type Box = [number, number, number, number];
/** What a model says of a pixel. */
export type PixelClass = "crack" | "pothole" | "patch";
/** What an engineer records. */
export type Kind =
  | "longitudinal_crack"
  | "transverse_crack"
  | "crazing"
  | "pothole"
  | "surface_loss"
  | "patch";
export type Severity = 1 | 2 | 3;
/** The rule that a severity comes from. */
export type SeverityReason =
  | "single_line"
  | "branched"
  | "heavily_branched"
  | "faint_net"
  | "clear_net"
  | "pieces_lost"
  | "small_hole"
  | "medium_hole"
  | "large_hole"
  | "surface_lost"
  | "surface_lost_widely"
  | "sound_patch"
  | "cracked_patch"
  | "broken_patch";
export type GradeNumber = 0 | 1 | 2 | 3 | 4 | 5;

/** How an index and a grade come from the damage. */
export type Method = "deduct" | "handbook";

export interface Grade {
  number: GradeNumber;
  word: string;
}

/** What the map can be coloured by. */
export type Theme =
  | "grade"
  | "seen"
  | "age"
  | "certainty"
  | "change"
  | "debt"
  | "life"
  | "programme";

/** A class of a theme; 6 is what a programme leaves as it is. */
export type ClassNumber = GradeNumber | 6;

export interface ThemeClass {
  number: ClassNumber;
  colour: string;
  km: number;
  sections: number;
  /** The mean 95 % interval of what the class is by. */
  low: number | null;
  high: number | null;
  from_year: number | null;
  to_year: number | null;
  sek: number | null;
}

/** A treatment by its own name, and what each language calls it. */
export interface TreatmentName {
  name: string;
  words: Record<string, string>;
}

export interface Treatment extends TreatmentName {
  km: number;
}

export interface Themed {
  theme: Theme;
  stamp: string;
  classes: ThemeClass[];
  /** The programme that is shown. */
  programme: string | null;
  /** All that were saved, oldest first. */
  programmes: string[];
  treatments: Treatment[];
}

export type NetworkType = "car" | "cycle" | "foot";
export type Area = "built-up" | "outside" | "unknown";

/** Sections that the network says the same of; a text is empty where it says nothing. */
export interface Group {
  network: NetworkType;
  road_class: string;
  keeper: string;
  area: Area;
  district: string;
  km: number;
}

export interface Filters {
  /** Tiles name a group by its place here. */
  groups: Group[];
}

export interface LegendEntry {
  grade: Grade;
  colour: string;
  km: number;
  sections: number;
}

export interface City {
  name: string;
  stamp: string;
  bounds: Box;
  periods: string[];
  period: string | null;
  /** How the grades were made; null if nothing has been graded. */
  method: Method | null;
  /** The curves or the table behind the index. */
  index_name: string | null;
  legend: LegendEntry[];
  total_km: number;
  graded_km: number;
  seen_km: number;
  findings: number;
  drives: number;
  last_driven_s: number | null;
  /** Whether people at this map may hide regions and remove pictures. */
  may_review: boolean;
  themes: Theme[];
  /** The months of the first and the last look, as 2026-05. */
  first_month: string | null;
  last_month: string | null;
  /** The month at whose end the town is shown as it was known then. */
  at: string | null;
}

export interface SectionRow {
  section_id: string;
  street: string;
  element_id: string;
  start_measure: number;
  end_measure: number;
  start_m: number;
  end_m: number;
  network_type: NetworkType;
  grade: Grade;
  method: Method;
  index: number | null;
  index_low: number | null;
  index_high: number | null;
  observed_share: number;
  centre: Position;
  bounds: Box;
}

export interface SectionPage {
  total: number;
  limit: number;
  offset: number;
  items: SectionRow[];
}

export interface Extent {
  kind: Kind;
  severity: Severity;
  count: number;
  length_m: number;
  area_m2: number;
  share: number;
  along_share: number;
}

export interface Reason {
  kind: Kind;
  severity: Severity;
  deduct: number;
  text: string;
}

/** What is known of a finding now; the last three do not count in the grade. */
export type FindingState = "new" | "confirmed" | "gone" | "repaired" | "rejected";

export type Growth = "unknown" | "growing" | "shrinking";

export interface Finding {
  finding_id: string;
  kind: Kind;
  section_id: string;
  element_id: string;
  measure: number;
  side: "left" | "right";
  length_m: number;
  area_m2: number;
  severity: Severity;
  severity_reason: SeverityReason;
  confidence: number;
  sigma_along_m: number;
  sigma_across_m: number;
  sightings: number;
  looks: number;
  drives: number;
  state: FindingState;
  ended_s: number | null;
  growth: Growth;
  growth_m2_year: number | null;
  growth_sigma_m2_year: number | null;
  first_seen_s: number;
  last_seen_s: number;
  centre: Position;
}

export interface Outline {
  observation_id: string;
  finding_id: string | null;
  pixel_class: PixelClass;
  /** That of its finding, if it has become part of one. */
  kind: Kind | null;
  confidence: number;
  in_section: boolean;
  points: Position[];
}

export interface Picture {
  picture_id: string;
  url: string;
  width_px: number;
  height_px: number;
  time_s: number;
  bearing_deg: number;
  centre: Position;
  hidden_regions: number;
  outlines: Outline[];
}

export interface PeriodGrade {
  period: string;
  grade: Grade;
  method: Method;
  index: number | null;
  index_low: number | null;
  index_high: number | null;
  observed_share: number;
  last_look_s: number | null;
}

export interface Debt {
  sek: number;
  low_sek: number;
  high_sek: number;
  sek_m2: number;
  treatment: TreatmentName | null;
}

export interface Life {
  low_years: number;
  median_years: number;
  high_years: number;
  /** Where nobody looked it is that of streets of its kind. */
  is_estimated: boolean;
}

export interface Planned {
  programme: string;
  year: number;
  treatment: TreatmentName;
  sek: number | null;
}

/** What a section costs, how long it lasts and what is planned; null where it is not known. */
export interface Outlook {
  debt: Debt | null;
  life: Life | null;
  programme: string | null;
  planned: Planned[];
}

/** One place then and now; null where no two drives looked at it. */
export interface ThenAndNow {
  pair: { before: Picture; after: Picture } | null;
}

export interface SectionCard extends SectionRow {
  /** The period that the grade is of: of a past month it may be an earlier one. */
  grade_period: string | null;
  link_id: string;
  length_m: number;
  width_m: number;
  width_is_assumed: boolean;
  speed_limits_kmh: number[];
  surface: string | null;
  road_keeper: string | null;
  observed_m2: number;
  seen_well_share: number;
  /** Looked at, but blurred, dark or far. */
  seen_poorly_share: number;
  not_seen_share: number;
  last_look_s: number | null;
  frames: number;
  confidence: number;
  index_name: string;
  deduct_index: number | null;
  handbook_index: number | null;
  handbook_grade: Grade;
  extents: Extent[];
  reasons: Reason[];
  findings: Finding[];
  pictures: Picture[];
  history: PeriodGrade[];
  before_id: string | null;
  after_id: string | null;
}

export interface Street {
  street: string;
  sections: number;
  length_km: number;
  graded_km: number;
  mean_index: number | null;
  worst: Grade;
  bounds: Box;
}

export interface StreetPage {
  total: number;
  limit: number;
  offset: number;
  items: Street[];
}

/** What a person finds missed in a picture. */
export type MissedKind = "face" | "plate" | "other";

/** Left, top, right, bottom in pixels of the picture as shown. */
export type PixelBox = [number, number, number, number];

/** A picture in which something has been hidden; `copies` is 0 if it had been before. */
export interface Hidden {
  picture_id: string;
  url: string;
  hidden_regions: number;
  copies: number;
}

/** The note of a removed picture; `copies` is 0 if it had been removed before. */
export interface Removed {
  picture_id: string;
  removed_s: number;
  reason: string;
  copies: number;
}

/** A fault as the service words it. */
export interface Problem {
  detail: string;
  remedy?: string;
}
