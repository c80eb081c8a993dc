"""What the stages of a detection run share."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from sciarada.core.image import SkyImage
from sciarada.detection.settings import DetectSettings
from sciarada.hooks.protocols import Detector
from sciarada.running.progress import Progress


@dataclass(frozen=True, eq=False)
class Workbench:
    """The image, the chosen detector, and where work is run and its results are kept.

    Parameters
    ----------
    image : SkyImage
    detector : Detector
    name : str
        Name of the detector, for messages.
    settings : DetectSettings
    pool : concurrent.futures.Executor
        Where tiles and batches are worked on.
    finished : `~pathlib.Path`
        Folder of the results of finished tiles and batches.
    progress : Progress
    """

    image: SkyImage
    detector: Detector
    name: str
    settings: DetectSettings
    pool: Executor
    finished: Path
    progress: Progress
