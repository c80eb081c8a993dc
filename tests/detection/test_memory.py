"""The memory that a detection run is said to need, against what runs were seen to need."""

import pytest

from sciarada.detection.memory import detect_memory
from sciarada.detection.settings import DetectSettings


@pytest.mark.parametrize(
    ("side", "workers", "tile", "seen"),
    [
        (1024, 1, 1024, 237e6),
        (4096, 1, 1024, 284e6),
        (1024, 2, 1024, 646e6),
        (4096, 2, 1024, 752e6),
        (4096, 2, 2048, 814e6),
        (8192, 2, 1024, 885e6),
    ],
)
def test_estimate_is_near_what_was_measured(side, workers, tile, seen):
    settings = DetectSettings(workers=workers, tile=tile)
    assert detect_memory((side, side), settings) == pytest.approx(seen, rel=0.15)


def test_an_untiled_run_needs_as_much_as_one_tile_of_the_image():
    small, large = (
        detect_memory((4096, 4096), DetectSettings(workers=2, tile=tile)) for tile in (1024, 0)
    )
    assert large > small
    assert large == detect_memory((4096, 4096), DetectSettings(workers=2, tile=8192))
