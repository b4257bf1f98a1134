import type {
  FindingState,
  GradeNumber,
  Kind,
  Method,
  MissedKind,
  PixelClass,
  SeverityReason,
  Theme,
} from "../api/types";

export type Language = "sv" | "en" | "pt";

/** Every word of the page; a language is complete or does not compile. */
export interface Words {
  locale: string;
  languageName: string;
  skip: string;
  period: string;
  grades: Record<GradeNumber, string>;
  grade: string;
  kinds: Record<Kind, string>;
  kindsMany: Record<Kind, string>;
  classes: Record<PixelClass, string>;
  severity: (grade: string) => string;
  severityReasons: Record<SeverityReason, string>;
  states: Record<FindingState, string>;
  growth: Record<"growing" | "shrinking", string>;
  summary: string;
  gradedOf: (graded: string, total: string) => string;
  seenLength: (seen: string) => string;
  neverSeen: string;
  lastDriven: (date: string) => string;
  noDrives: string;
  findingsCount: (count: string) => string;
  legend: string;
  colourBy: string;
  themes: Record<Theme, string>;
  themeClasses: Record<Exclude<Theme, "grade">, Record<GradeNumber, string>>;
  legendMarks: string;
  legendHint: string;
  sections: string;
  sectionsCount: (count: string) => string;
  worstFirst: string;
  searchStreet: string;
  searchPlaceholder: string;
  showStreet: (street: string) => string;
  noSections: string;
  showMore: (count: string) => string;
  selectedOnMap: string;
  measure: string;
  mapLabel: string;
  live: string;
  liveFrames: (done: string, frames: string) => string;
  liveSeen: (count: string) => string;
  zoomIn: string;
  zoomOut: string;
  wholeTown: string;
  close: string;
  card: string;
  index: string;
  indexOf100: string;
  methods: Record<Method, string>;
  byMethod: (method: string, name: string) => string;
  indexBetween: (low: string, high: string) => string;
  handbookGrade: (grade: string) => string;
  notGraded: string;
  notGradedWhy: (share: string) => string;
  coverage: string;
  seenShares: (well: string, poorly: string, not: string) => string;
  lastLook: string;
  confidence: string;
  frames: string;
  reasons: string;
  noDamage: string;
  damage: string;
  count: string;
  length: string;
  area: string;
  share: string;
  extents: string;
  findings: string;
  finding: string;
  seenOf: (times: string, looks: string) => string;
  side: Record<"left" | "right", string>;
  pictures: string;
  pictureOf: (number: string, total: string) => string;
  previousPicture: string;
  nextPicture: string;
  enlarge: string;
  outlines: string;
  noPictures: string;
  pictureGone: string;
  hidden: (count: string) => string;
  pictureAlt: (street: string, date: string, findings: string) => string;
  noFindingsInPicture: string;
  hideMissed: string;
  removePicture: string;
  hideHint: string;
  hideBox: (width: string, height: string, left: string, top: string) => string;
  missedKind: string;
  missedKinds: Record<MissedKind, string>;
  hideNow: string;
  hiddenNow: string;
  hiddenBefore: string;
  removeHint: string;
  removeReason: string;
  removeNow: string;
  reasonNeeded: string;
  removedNow: string;
  removedBefore: (date: string, reason: string) => string;
  cancel: string;
  notChanged: string;
  working: string;
  facts: string;
  elementId: string;
  sectionId: string;
  roadWidth: string;
  assumed: string;
  speed: string;
  keeper: string;
  surface: string;
  networkType: string;
  networkTypes: Record<"car" | "cycle" | "foot", string>;
  history: string;
  previousSection: string;
  nextSection: string;
  copyLink: string;
  copied: string;
  loading: string;
  retry: string;
  offline: string;
  failed: string;
  mapUnsupported: string;
  mapFailed: string;
}
