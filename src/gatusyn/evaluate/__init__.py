"""Yardsticks: what was found against what is there."""

from gatusyn.evaluate.against_records import RecordScore, score_records
from gatusyn.evaluate.against_truth import ClassScore, DamageTruth, TruthScore, score_findings
from gatusyn.evaluate.box_evaluation import (
    BoxEvaluation,
    box_text,
    boxes_as_json,
    evaluate_boxes,
)
from gatusyn.evaluate.callers import Caller, MaskCaller, ModelCaller
from gatusyn.evaluate.cells import FrameCells, frame_cells
from gatusyn.evaluate.evaluation import Evaluation, Question, evaluate
from gatusyn.evaluate.labels import agreement_text, agreements, write_drawn_masks
from gatusyn.evaluate.made_fleet import Fleet, FleetParams
from gatusyn.evaluate.operating_point import best_threshold, sweep
from gatusyn.evaluate.peer_programmes import peer_programmes
from gatusyn.evaluate.privacy import (
    Hider,
    PrivacyEvaluation,
    Recall,
    evaluate_privacy,
    middle_95,
    privacy_as_json,
)
from gatusyn.evaluate.privacy_text import privacy_text
from gatusyn.evaluate.programme import CheckedProgramme, check_programme
from gatusyn.evaluate.read_eye_labels import read_eye_labels
from gatusyn.evaluate.read_frames import Reading, Scored, photos_in, read_frames, truth_in
from gatusyn.evaluate.read_masks import read_groups, read_mask, read_names
from gatusyn.evaluate.read_people import Truth, read_faces, read_plates
from gatusyn.evaluate.read_survey import read_survey
from gatusyn.evaluate.read_truth import read_truth
from gatusyn.evaluate.reliability import fit_calibration, regions_of, reliability
from gatusyn.evaluate.scores import CellScore, score
from gatusyn.evaluate.survey import SurveyComparison, SurveyReading, compare_survey
from gatusyn.evaluate.survey_text import survey_as_json, survey_table, survey_text
from gatusyn.evaluate.text import as_json, as_text, rejected_lines
from gatusyn.evaluate.write_gallery import write_gallery
from gatusyn.evaluate.write_report import json_text, write_evaluation, write_text

__all__ = [
    "BoxEvaluation",
    "Caller",
    "CellScore",
    "CheckedProgramme",
    "ClassScore",
    "DamageTruth",
    "Evaluation",
    "Fleet",
    "FleetParams",
    "FrameCells",
    "Hider",
    "MaskCaller",
    "ModelCaller",
    "PrivacyEvaluation",
    "Question",
    "Reading",
    "Recall",
    "RecordScore",
    "Scored",
    "SurveyComparison",
    "SurveyReading",
    "Truth",
    "TruthScore",
    "agreement_text",
    "agreements",
    "as_json",
    "as_text",
    "best_threshold",
    "box_text",
    "boxes_as_json",
    "check_programme",
    "compare_survey",
    "evaluate",
    "evaluate_boxes",
    "evaluate_privacy",
    "fit_calibration",
    "frame_cells",
    "json_text",
    "middle_95",
    "peer_programmes",
    "photos_in",
    "privacy_as_json",
    "privacy_text",
    "read_eye_labels",
    "read_faces",
    "read_frames",
    "read_groups",
    "read_mask",
    "read_names",
    "read_plates",
    "read_survey",
    "read_truth",
    "regions_of",
    "rejected_lines",
    "reliability",
    "score",
    "score_findings",
    "score_records",
    "survey_as_json",
    "survey_table",
    "survey_text",
    "sweep",
    "truth_in",
    "write_drawn_masks",
    "write_evaluation",
    "write_gallery",
    "write_text",
]
