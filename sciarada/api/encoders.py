"""Load trained encoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sciarada.results.parameters import errors_name_parameters

if TYPE_CHECKING:
    from sciarada.nn.trained import TrainedEncoder


@errors_name_parameters()
def load_encoder(name: str = "default", *, device: str = "auto") -> TrainedEncoder:
    """Load an encoder with trained weights.

    Parameters
    ----------
    name : str
        A path, a name of `sciarada weights`, ``default``, or ``HUB:MODEL``.
    device : str
        Its device, such as ``cpu`` or ``cuda:1``; ``auto`` is a GPU if there is one, else the CPU.

    Returns
    -------
    TrainedEncoder
        Call it with cutouts, an array or a tensor of shape (n, npix, npix).

    Raises
    ------
    SciaradaError
        If the weights, their plugin or the device are unavailable.

    See Also
    --------
    embed : Turns cutouts into its feature vectors.
    pretrain : Trains an encoder.

    Examples
    --------
    >>> import numpy as np
    >>> import sciarada as sc
    >>> encoder = sc.load_encoder()
    >>> encoder(np.random.default_rng(1).normal(size=(3, 32, 32))).shape
    (3, 512)
    """
    from sciarada.nn.trained import load_encoder as load

    return load(name, device=device)
