"""Instrumental effects: noise, its map, artefacts, background, missing pixels."""

from sciarada.simulation.instrument.observation import Observation, observe
from sciarada.simulation.instrument.options import Instrument

__all__ = ["Instrument", "Observation", "observe"]
