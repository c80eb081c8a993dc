import numpy as np

from sciarada.core.pixels import ArrayPixels, multiplied
from sciarada.geometry.windows import Window


def test_pixels_of_any_source_can_be_multiplied():
    data = np.array([[1.0, np.nan], [3.0, 4.0]])
    scaled = multiplied(ArrayPixels(data), 1e-3)
    assert scaled.shape == (2, 2)
    values = scaled.read(Window(0, 2, 0, 2))
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, 1e-3 * data)
    assert data[1, 1] == 4.0  # the source itself stays as it is
