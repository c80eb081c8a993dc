"""An evaluation of two small lists."""

from pathlib import Path

import numpy as np
from astropy.table import Table

from sciarada.pipelines.evaluate import EvaluateSettings, run_evaluate


def evaluation(folder: Path) -> Path:
    """Return the products of 60 of 80 sources found, beside another list."""
    rng = np.random.default_rng(3)
    truth = Table({"ra": rng.uniform(10, 11, 80), "dec": rng.uniform(-1, 0, 80)})
    truth["snr"] = rng.uniform(6, 60, 80)
    truth["total_flux"] = truth["snr"] * 1e-4
    truth["class_name"] = np.where(truth["snr"] > 30, "compact", "extended")
    truth.write(folder / "truth.csv")
    truth[:60].write(folder / "found.csv")
    truth[:40].write(folder / "other.csv")
    return run_evaluate(
        folder / "found.csv",
        folder / "truth.csv",
        folder / "out",
        EvaluateSettings(radius=3.0),
        compare={"other": folder / "other.csv"},
    ).out
