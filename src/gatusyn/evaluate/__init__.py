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
from gatusyn.evaluate.read_eye_labels import read_eye_labels
from gatusyn.evaluate.read_frames import Reading, Scored, photos_in, read_frames, truth_in
from gatusyn.evaluate.read_masks import read_groups, read_mask, read_names
from gatusyn.evaluate.read_truth import read_truth
from gatusyn.evaluate.reliability import fit_calibration, regions_of, reliability
from gatusyn.evaluate.scores import CellScore, score
from gatusyn.evaluate.text import as_json, as_text, rejected_lines
from gatusyn.evaluate.write_gallery import write_gallery
from gatusyn.evaluate.write_report import json_text, write_evaluation, write_text

__all__ = [
    "BoxEvaluation",
    "Caller",
    "CellScore",
    "ClassScore",
    "DamageTruth",
    "Evaluation",
    "FrameCells",
    "MaskCaller",
    "ModelCaller",
    "Question",
    "Reading",
    "RecordScore",
    "Scored",
    "TruthScore",
    "agreement_text",
    "agreements",
    "as_json",
    "as_text",
    "box_text",
    "boxes_as_json",
    "evaluate",
    "evaluate_boxes",
    "fit_calibration",
    "frame_cells",
    "json_text",
    "photos_in",
    "read_eye_labels",
    "read_frames",
    "read_groups",
    "read_mask",
    "read_names",
    "read_truth",
    "regions_of",
    "rejected_lines",
    "reliability",
    "score",
    "score_findings",
    "score_records",
    "truth_in",
    "write_drawn_masks",
    "write_evaluation",
    "write_gallery",
    "write_text",
]
