"""Optimisers for large and small batches, and which parameters are kept from decay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, overload

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer


class LARS(Optimizer):
    """Stochastic gradient descent with steps in proportion to the weights of each layer.

    You, Gitman & Ginsburg (2017, arXiv:1708.03888). Parameter groups with ``adapt=False``
    take plain steps with momentum, as is usual for biases and normalisation.

    Parameters
    ----------
    params : iterable
        Parameters or groups of them.
    lr : float
        Global learning rate.
    momentum : float
    weight_decay : float
    trust : float
        The share: a layer's local learning rate is ``trust * |w| / |gradient + weight_decay * w|``.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 0.3,
        momentum: float = 0.9,
        weight_decay: float = 1e-6,
        trust: float = 1e-3,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "weight_decay": weight_decay,
                "trust": trust,
                "adapt": True,
            },
        )

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Take one step; return what the closure returns."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group)
        return loss

    def _update(self, parameter: Tensor, gradient: Tensor, group: dict[str, Any]) -> None:
        change = gradient.add(parameter, alpha=group["weight_decay"])
        if group["adapt"]:
            length, slope = parameter.norm(), change.norm()
            local = group["trust"] * length / slope
            change = change * torch.where((length > 0) & (slope > 0), local, torch.ones_like(local))
        state = self.state[parameter]
        if "velocity" not in state:
            state["velocity"] = torch.zeros_like(parameter)
        velocity = state["velocity"].mul_(group["momentum"]).add_(change)
        parameter.sub_(velocity, alpha=group["lr"])


def build_optimiser(
    name: str, module: nn.Module, learning_rate: float, weight_decay: float
) -> Optimizer:
    """Return an optimiser of a module's trainable parameters.

    Biases and the parameters of normalisation, which are vectors, are not decayed.

    Parameters
    ----------
    name : str
        ``lars`` or ``adamw``.
    module : Module
        What is trained.
    learning_rate : float
        Learning rate.
    weight_decay : float
        Of matrices and filters.
    """
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    weights = [parameter for parameter in trained if parameter.ndim > 1]
    vectors = [parameter for parameter in trained if parameter.ndim <= 1]
    if name == "lars":
        plain = {"params": vectors, "weight_decay": 0.0, "adapt": False}
        return LARS([{"params": weights}, plain], lr=learning_rate, weight_decay=weight_decay)
    if name == "adamw":
        groups: list[dict[str, Any]] = [
            {"params": weights},
            {"params": vectors, "weight_decay": 0.0},
        ]
        return AdamW(groups, lr=learning_rate, weight_decay=weight_decay)
    raise KeyError(name)
