"""A cropped set has the cutouts of its set, cropped to their sources."""

import pickle

import numpy as np
import pytest

from sciarada.cutouts.cropped_source import CroppedSource, cropped
from sciarada.cutouts.folder_set import read_folder
from sciarada.cutouts.image_files import read_picture
from sciarada.cutouts.source_crop import crop_to_source


@pytest.fixture
def pictures(tmp_path):
    """Return a folder set of three pictures of different sizes."""
    from PIL import Image

    for number, side in enumerate((60, 80, 100)):
        picture = np.zeros((side, side), np.uint8)
        middle = side // 2
        picture[middle - 3 : middle + 3, middle - 9 : middle + 9] = 200
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    return read_folder(tmp_path)


def test_each_cutout_is_framed_in_its_own_pixels(pictures):
    stack = CroppedSource(pictures).pixels([2, 0], 32)
    for shown, name in zip(stack, ("2.png", "0.png"), strict=True):
        np.testing.assert_array_equal(
            shown, crop_to_source(read_picture(pictures.folder / name), 32)
        )


def test_all_else_is_as_in_the_set(pictures):
    source = CroppedSource(pictures)
    assert len(source) == 3
    np.testing.assert_array_equal(source.ids, pictures.ids)
    np.testing.assert_array_equal(source.beam_major, pictures.beam_major)
    assert source.to_table().colnames == pictures.to_table().colnames
    assert np.isnan(source.size).all()
    assert source.data_hash() != pictures.data_hash()
    part = source[np.array([False, True, True])]
    assert part.ids.tolist() == ["1", "2"]
    again = pickle.loads(pickle.dumps(part))
    np.testing.assert_array_equal(again.pixels(None, 16), part.pixels(None, 16))


def test_a_frame_is_chosen_by_name(pictures):
    assert cropped(pictures, "whole") is pictures
    assert isinstance(cropped(pictures, "source"), CroppedSource)
