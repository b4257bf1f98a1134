"""What is counted faster sums up the same."""

from __future__ import annotations

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from training.privacy.pixels import double_cells, pair, unpaired

from gatusyn.privacy.pairs import in_pairs


def test_taps_on_two_pixels_at_once_sum_up_the_same() -> None:
    random = np.random.default_rng(4)
    taps = random.integers(-9, 10, (5, 3, 3, 3))
    picture = random.integers(0, 256, (12, 16, 3)).astype(np.uint8)
    around = np.pad(picture.transpose(2, 0, 1).astype(int), ((0, 0), (1, 0), (1, 0)))
    rows, columns = 6, 8
    plain = np.array(
        [
            [(taps * around[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]).sum((1, 2, 3))
             for x in range(columns)]
            for y in range(rows)
        ]
    )  # fmt: skip
    pairs = in_pairs(picture[None])[0].transpose(2, 0, 1).astype(int)
    around = np.pad(pairs, ((0, 0), (1, 0), (1, 0)))
    new = pair(taps)
    assert new.shape == (5, 8, 3, 2)
    paired = np.array(
        [
            [(new * around[:, 2 * y : 2 * y + 3, x : x + 2]).sum((1, 2, 3)) for x in range(columns)]
            for y in range(rows)
        ]
    )
    np.testing.assert_array_equal(paired, plain)
    assert np.count_nonzero(new) == np.count_nonzero(taps)
    np.testing.assert_array_equal(unpaired(new), taps)


def test_cells_laid_beside_themselves_are_a_map_at_twice_its_size() -> None:
    graph = helper.make_graph(
        [
            helper.make_node(
                "Resize",
                ["map", "", "twice"],
                ["wide"],
                mode="nearest",
                coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )
        ],
        "resize",
        [helper.make_tensor_value_info("map", TensorProto.FLOAT, ["n", 5, "h", "w"])],
        [helper.make_tensor_value_info("wide", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "twice")],
    )
    double_cells(graph)
    assert "Resize" not in {node.op_type for node in graph.node}
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    cells = np.random.default_rng(3).random((2, 5, 3, 4), np.float32)
    (wide,) = session.run(None, {"map": cells})
    np.testing.assert_array_equal(wide, cells.repeat(2, axis=2).repeat(2, axis=3))
