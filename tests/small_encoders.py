"""The bundled encoders with small heads, for quick tests."""

from sciarada_all4one import All4OneOptions
from sciarada_all4one.pretrainer import All4One
from sciarada_byol import BYOLOptions
from sciarada_byol.pretrainer import BYOL
from sciarada_simclr import SimCLROptions
from sciarada_simclr.pretrainer import SimCLR

ENCODERS = {
    "simclr": lambda: SimCLR(SimCLROptions(hidden=32, outputs=16, stem="standard")),
    "byol": lambda: BYOL(BYOLOptions(hidden=32, outputs=16, stem="standard", momentum=0.5)),
    "all4one": lambda: All4One(
        All4OneOptions(
            hidden=32,
            predictor_hidden=32,
            outputs=16,
            stem="standard",
            momentum=0.5,
            support=20,
            neighbours=3,
            layers=1,
            heads=2,
        )
    ),
}
