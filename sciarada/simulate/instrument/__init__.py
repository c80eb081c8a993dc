"""What an interferometer adds to the sky: noise, its map, artefacts, background, missing pixels."""

from sciarada.simulate.instrument.observation import Observation, observe
from sciarada.simulate.instrument.options import Instrument

__all__ = ["Instrument", "Observation", "observe"]
