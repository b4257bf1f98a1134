"""Finds damage in a frame: ONNX segmentation, its regions, and masks for scoring."""

from gatusyn.detect.load_detector import ModelDescription, load_detector, read_description
from gatusyn.detect.onnx_detector import OnnxDetector
from gatusyn.detect.regions import find_regions
from gatusyn.detect.write_masks import MASK_VALUES, mask_of, write_masks

__all__ = [
    "MASK_VALUES",
    "ModelDescription",
    "OnnxDetector",
    "find_regions",
    "load_detector",
    "mask_of",
    "read_description",
    "write_masks",
]
