"""A small made-up town: one block, one drive, small pictures."""

from __future__ import annotations

from gatusyn.simulate import SimulationParams

PARAMS = SimulationParams(
    seed=11,
    blocks_x=1,
    blocks_y=1,
    block_length_m=60.0,
    drives=1,
    fps=2.0,
    image_width_px=640,
    image_height_px=360,
)
