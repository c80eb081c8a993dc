"""Batch normalisation over the batches of all processes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from sciarada.nn.processes import process_count, summed


class GlobalBatchNorm(_BatchNorm):
    """Batch normalisation with mean and variance over all processes.

    What `torch.nn.SyncBatchNorm` is to GPUs, for any device: several processes on CPUs give
    what one gives that has the whole batch. In evaluation, or alone, it is plain batch
    normalisation.
    """

    def _check_input_dim(self, values: Tensor) -> None:
        if values.ndim < 2:
            raise ValueError(f"expected at least 2 axes, got {values.ndim}")

    def forward(self, values: Tensor) -> Tensor:
        """Return normalised values ``(n, c, ...)``, of the type that was given."""
        if not self.training or process_count() == 1:
            return super().forward(values)
        self._check_input_dim(values)
        with torch.autocast(values.device.type, enabled=False):
            return self._normalised(values.to(self.weight.dtype)).to(values.dtype)

    def _normalised(self, values: Tensor) -> Tensor:
        axes = [axis for axis in range(values.ndim) if axis != 1]
        row = (1, -1, *[1] * (values.ndim - 2))
        # The total stays on the device, so that no step waits for its value.
        count = summed(values.new_tensor([values.numel() / values.shape[1]]))
        mean = summed(values.sum(axes)) / count
        centred = values - mean.view(row)
        variance = summed(centred.square().sum(axes)) / count
        self._track(mean, variance * count / (count - 1).clamp(min=1))
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return centred * scale.view(row) + self.bias.view(row)

    @torch.no_grad()
    def _track(self, mean: Tensor, variance: Tensor) -> None:
        """Move the statistics, where there are any, towards those of a batch."""
        if self.running_mean is None or self.running_var is None:
            return
        share = self.momentum
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if share is None:  # the mean of all batches
                share = 1.0 / float(self.num_batches_tracked)
        if share is not None:
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
            self.running_var.lerp_(variance.to(self.running_var.dtype), share)


def synchronised(module: nn.Module, device: torch.device | str = "cpu") -> nn.Module:
    """Return a module with batch normalisation over all processes.

    Names and values of parameters and statistics stay as they are, and so does the module's
    state dict. Call it once the process group is there and before an optimiser is made.

    Parameters
    ----------
    module : Module
        Changed in place where it has parts; a lone normalisation is replaced.
    device : torch.device or str
        Where it will run: on CUDA torch's own, faster layers are used.
    """
    if torch.device(device).type == "cuda":
        return nn.SyncBatchNorm.convert_sync_batchnorm(module)
    if isinstance(module, _BatchNorm) and not isinstance(module, GlobalBatchNorm):
        return _replacement(module)
    for name, child in module.named_children():
        setattr(module, name, synchronised(child, device))
    return module


def _replacement(layer: _BatchNorm) -> GlobalBatchNorm:
    """Return a layer that shares the parameters and statistics of another."""
    new = GlobalBatchNorm(layer.num_features, layer.eps, layer.momentum)
    new.weight, new.bias = layer.weight, layer.bias
    for name, buffer in layer.named_buffers():
        setattr(new, name, buffer)
    return new.train(layer.training)
