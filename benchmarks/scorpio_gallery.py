"""Draw a real field of Scorpio and a simulated one, with one stretch, into docs/images."""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # also run as a plain script

from sciarada.core.image import SkyImage
from sciarada.io.fits_image import read_image
from sciarada.report.palette import COLOUR_MAP
from sciarada.report.stretch import Stretch
from sciarada.simulation.field import simulate_field

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
REAL = ROOT / "../shared/data/scorpio_atca/dev/ScorpioExtendedSourceField.fits"
SIDE = 1000  # pixels of either field
SHOWN = 640  # pixels of either picture
STEP = 6  # levels of the stretch that share a colour, which keeps the pictures small


def draw(image: SkyImage, stretch: Stretch, path: Path) -> None:
    """Write an image above its median as a PNG in the colours of all pictures, north up."""
    pixels = image.read()
    levels = np.flipud(stretch.levels(pixels - np.nanmedian(pixels)))
    shown = Image.fromarray(levels).resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)
    picture = Image.fromarray(np.asarray(shown) // STEP)
    picture.putpalette(COLOUR_MAP[STEP // 2 :: STEP].ravel().tolist())
    picture.save(path, optimize=True)


def main() -> None:
    """Draw both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args()
    real = read_image(REAL)
    pixels = real.read()
    stretch = Stretch.fit(pixels - np.nanmedian(pixels))
    draw(real, stretch, IMAGES / "scorpio_real.png")
    simulated = simulate_field("scorpio", SIDE, seed=options.seed).image
    draw(simulated, stretch, IMAGES / "scorpio_simulated.png")


if __name__ == "__main__":
    main()
