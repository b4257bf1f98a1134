"""Finds damage in a frame: ONNX networks of several kinds, their regions, and masks for scoring."""

from gatusyn.detect.calibration import Calibration, logit
from gatusyn.detect.check_model import ModelCheck, check_model
from gatusyn.detect.load_detector import load_detector, open_detector
from gatusyn.detect.model_file import InputTable, ModelFile
from gatusyn.detect.onnx_detector import OnnxDetector
from gatusyn.detect.read_model_file import list_model_files, own_model_path, read_model_file
from gatusyn.detect.regions import find_regions
from gatusyn.detect.speed import Speed, Variant, make_variants, measure_speed
from gatusyn.detect.upsample import upsample
from gatusyn.detect.write_browser_model import write_browser_model
from gatusyn.detect.write_int8 import write_int8
from gatusyn.detect.write_masks import MASK_VALUES, mask_of, write_mask
from gatusyn.detect.write_model_file import write_model_file

__all__ = [
    "MASK_VALUES",
    "Calibration",
    "InputTable",
    "ModelCheck",
    "ModelFile",
    "OnnxDetector",
    "Speed",
    "Variant",
    "check_model",
    "find_regions",
    "list_model_files",
    "load_detector",
    "logit",
    "make_variants",
    "mask_of",
    "measure_speed",
    "open_detector",
    "own_model_path",
    "read_model_file",
    "upsample",
    "write_browser_model",
    "write_int8",
    "write_mask",
    "write_model_file",
]
