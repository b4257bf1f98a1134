import dataclasses

import cv2
import numpy as np
import pytest

from gatusyn.model import PixelClass
from gatusyn.simulate import SimulationParams, make_town, training_frames
from gatusyn.simulate.bonnet import cover_bonnet
from gatusyn.simulate.brush import gather
from gatusyn.simulate.camera import Lens, Pose, project, projection, row_of_distance
from gatusyn.simulate.light import Light
from gatusyn.simulate.lines import bend, directions, total_length
from gatusyn.simulate.plan import rings
from gatusyn.simulate.render import film
from gatusyn.simulate.scene import Scene, make_scene
from gatusyn.simulate.town import Town


@pytest.fixture(scope="module")
def scene() -> Scene:
    params = SimulationParams(seed=11, blocks_x=1, blocks_y=1, damage_density=4.0)
    return make_scene(make_town(params), Light())


def view_of(town: Town, pixel_class: PixelClass) -> tuple[Pose, int]:
    """Return a pose some metres before a damage of a kind, in the lane that it lies in."""
    for index, damage in enumerate(town.damages):
        link = town.links[damage.link]
        if damage.kind.pixel_class is pixel_class and damage.right_m > 0 and damage.along_m > 20:
            assert damage.along_m < total_length(link.line)
            along = np.array([damage.along_m - 8.0])
            place = bend(link.line, along, np.array([damage.right_m]))[0]
            ahead = directions(link.line, along)[0]
            heading = float(np.degrees(np.arctan2(ahead[0], ahead[1])))
            pose = Pose(x_m=float(place[0]), y_m=float(place[1]), height_m=2.0,
                        heading_deg=heading, pitch_deg=12.0)  # fmt: skip
            return pose, index
    raise AssertionError(f"the town has no {pixel_class} to look at")


@pytest.mark.parametrize(
    ("pixel_class", "bit"), [(PixelClass.CRACK, 2), (PixelClass.POTHOLE, 4), (PixelClass.PATCH, 8)]
)
def test_footprints_project_to_where_the_mask_says(
    scene: Scene, pixel_class: PixelClass, bit: int
) -> None:
    pose, index = view_of(scene.town, pixel_class)
    lens = Lens()
    (_, mask), *_ = film(scene, lens, [pose], masks=True)
    assert mask is not None
    expected = np.zeros_like(mask)
    matrix = projection(lens, pose)
    for ring in rings(scene.town.damages[index].footprint):
        pixels, depth = project(matrix, np.column_stack([ring, np.zeros(len(ring))]))
        assert depth.min() > 0
        cv2.fillPoly(expected, [np.round(pixels).astype(np.int32)], (255,))
    top = int(row_of_distance(lens, pose, 20.0))
    inside = expected > 0
    inside[:top] = False
    assert inside.sum() > 100
    assert ((mask & bit) > 0)[inside].mean() > 0.9
    assert ((mask & 1) > 0)[inside].mean() > 0.99


def test_damage_is_visible_where_the_mask_is(scene: Scene) -> None:
    pose, _ = view_of(scene.town, PixelClass.POTHOLE)
    (frame, mask), *_ = film(scene, Lens(), [pose], masks=True)
    assert mask is not None
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(float)
    hole = (mask & 4) > 0
    beside = (cv2.dilate(mask & 4, np.ones((25, 25), np.uint8)) > 0) & (mask == 1)
    assert grey[hole].std() > 1.3 * grey[beside].std()


def test_projection_agrees_with_the_pinhole_formula() -> None:
    lens = Lens(width_px=1280, height_px=720, fov_deg=65.0)
    pose = Pose(x_m=10.0, y_m=20.0, height_m=2.0, heading_deg=90.0, pitch_deg=10.0)
    pixels, depth = project(projection(lens, pose), np.array([[20.0, 20.0, 0.0]]))
    assert depth[0] == pytest.approx(10 * np.cos(np.radians(10)) + 2 * np.sin(np.radians(10)))
    assert pixels[0, 0] == pytest.approx(639.5)
    assert pixels[0, 1] == pytest.approx(row_of_distance(lens, pose, 10.0))


def test_training_frames_are_labelled_and_repeat() -> None:
    first = list(training_frames(1000, 2))
    again = list(training_frames(1000, 2))
    assert len(first) == 2
    for (frame, mask), (other, same) in zip(first, again, strict=True):
        assert frame.shape == (720, 1280, 3)
        assert mask.shape == (720, 1280)
        assert frame.dtype == mask.dtype == np.uint8
        assert int(mask.max()) < 16
        assert ((mask & 1) > 0).mean() > 0.05
        np.testing.assert_array_equal(frame, other)
        np.testing.assert_array_equal(mask, same)


def test_gathering_nothing_is_allowed() -> None:
    assert gather([]).boxes.shape == (0, 4)


def test_a_rolled_camera_has_the_sky_rolled_with_the_ground(scene: Scene) -> None:
    pose, _ = view_of(scene.town, PixelClass.PATCH)
    lens = Lens()
    level = dataclasses.replace(pose, pitch_deg=0.0)
    rolled = dataclasses.replace(level, roll_deg=4.0)
    frames = [frame for frame, _ in film(scene, lens, [level, rolled], masks=False)]
    turn = cv2.getRotationMatrix2D((639.5, 359.5), 4.0, 1.0)
    expected = cv2.warpAffine(frames[0], turn, (1280, 720))
    above = np.s_[150:300, 300:980]
    off = np.abs(frames[1][above].astype(float) - expected[above]).mean()
    unrolled = np.abs(frames[1][above].astype(float) - frames[0][above]).mean()
    assert off < 0.5 * unrolled


def test_a_bonnet_covers_the_lower_edge_only() -> None:
    frame = np.full((720, 1280, 3), 200, np.uint8)
    cover_bonnet(frame, Lens(), 0.2)
    assert (frame[:570] == 200).all()
    assert (frame[600:, 640] != 200).all()
