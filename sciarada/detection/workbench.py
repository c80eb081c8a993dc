"""The objects that the stages of a detection run share."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from sciarada.core.image import SkyImage
from sciarada.detection.settings import DetectSettings
from sciarada.hooks.detector_spec import DetectorSpec
from sciarada.hooks.protocols import BatchDetector, Detector
from sciarada.running.executor import Serial
from sciarada.running.progress import Progress


@dataclass(frozen=True, eq=False)
class Workbench:
    """The image, the chosen detector, and where work is run and its results are kept.

    Parameters
    ----------
    image : SkyImage
    detector : Detector
    spec : DetectorSpec
        What its plugin declares about it.
    settings : DetectSettings
    pool : concurrent.futures.Executor
        Where tiles and batches are worked on.
    finished : `~pathlib.Path`
        Folder of the results of finished tiles and batches.
    progress : Progress
    """

    image: SkyImage
    detector: Detector
    spec: DetectorSpec
    settings: DetectSettings
    pool: Executor
    finished: Path
    progress: Progress

    @property
    def name(self) -> str:
        """Name of the detector, for messages."""
        return self.spec.name

    @property
    def tiles_pool(self) -> Executor:
        """Process in which the detector runs: this one, if it runs on one device."""
        return Serial() if self.spec.runs_on == "device" else self.pool

    @property
    def tiles_at_once(self) -> int:
        """Number of tiles per call of the detector."""
        return self.spec.batch_size if isinstance(self.detector, BatchDetector) else 1
