"""Elliptical Gaussian components: the model, its derivatives, the fit and its errors.

A component is ``A exp(-(a dx^2 + 2 b dx dy + c dy^2) / 2)`` with ``dx = x - x0`` and
``dy = y - y0`` in pixels, so ``[[a, b], [b, c]]`` is the inverse of its covariance. A
*free* component has six numbers to fit, a *held* one has the shape of the beam and three
(A, x0, y0).

Islands are small and many, and a call of a general fitting routine costs more than the
arithmetic of one island. So many islands are fitted at once, as a stack of stamps:
Levenberg-Marquardt (Marquardt 1963, J. SIAM 11, 431) with analytic derivatives, each
stamp with a separate damping. The tests compare it with `scipy.optimize`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sciarada.measure.correlation import NoiseCorrelation

SIZE = 6
A, X0, Y0, PA, PB, PC = range(SIZE)
MAX_ELEMENTS = 4_000_000
SMALLEST_GAIN = 1e-5
PIXEL = np.float32  # of the stacks; parameters and normal equations are float64


@dataclass(frozen=True, eq=False)
class Components:
    """The Gaussian components of one island.

    Parameters
    ----------
    values : ndarray, shape (n, 6)
        A, x0, y0, a, b, c of each.
    free : ndarray of bool, shape (n,)
        Whether the shape was fitted; otherwise it is the beam's.
    covariance : ndarray, shape (n, 6, 6)
        Covariance of each component's own parameters; zero for a held shape.
    converged : bool
        Whether the fit converged.
    """

    values: np.ndarray
    free: np.ndarray
    covariance: np.ndarray
    converged: bool

    def __len__(self) -> int:
        return len(self.values)

    def select(self, keep: np.ndarray | list[int]) -> Components:
        """Return the components chosen by a boolean or integer index."""
        return Components(self.values[keep], self.free[keep], self.covariance[keep], self.converged)

    @classmethod
    def none(cls) -> Components:
        """Return no components."""
        return cls(np.empty((0, SIZE)), np.empty(0, bool), np.empty((0, SIZE, SIZE)), False)

    @classmethod
    def started(cls, values: np.ndarray) -> Components:
        """Return free components with starting values (n, 6), not fitted yet."""
        count = len(values)
        return cls(
            np.asarray(values, float), np.ones(count, bool), np.zeros((count, SIZE, SIZE)), False
        )


@dataclass(frozen=True, eq=False)
class Stamp:
    """The data of one fit.

    Parameters
    ----------
    data : ndarray, shape (ny, nx)
        Background-subtracted pixels in units of the local rms, finite where used.
    used : ndarray of bool, shape (ny, nx)
        Pixels that take part.
    start : Components
        Starting values, in pixels of the stamp.
    """

    data: np.ndarray
    used: np.ndarray
    start: Components


def evaluate(values: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the sum of components (n, 6) at pixel positions, of the positions' shape."""
    total = np.zeros(np.broadcast(x, y).shape)
    for amplitude, x0, y0, a, b, c in values:
        dx, dy = x - x0, y - y0
        total += amplitude * np.exp(-0.5 * (a * dx * dx + 2 * b * dx * dy + c * dy * dy))
    return total


def fit(stamps: list[Stamp], noise: NoiseCorrelation, *, max_steps: int = 40) -> list[Components]:
    """Fit the components of many stamps, each stamp separately.

    Parameters
    ----------
    stamps : list of Stamp
    noise : NoiseCorrelation
        Turns the scatter of the parameters into errors: with Jacobian J and noise
        covariance C it is ``(J'J)^-1 J'CJ (J'J)^-1``, as in Condon (1997, PASP 109, 166)
        but without his limits of low or high sampling.
    max_steps : int
        Budget of steps of each fit.

    Returns
    -------
    list of Components
        In the stamps' order; where a fit did not converge, its start.
    """
    cropped = [_cropped(stamp) for stamp in stamps]
    results: dict[int, Components] = {}
    for chunk in _alike([stamp for stamp, _ in cropped]):
        fitted = _fit_stack([cropped[i][0] for i in chunk], noise, max_steps)
        for i, components in zip(chunk, fitted, strict=True):
            results[i] = shifted(components, *cropped[i][1])
    return [results[i] for i in range(len(stamps))]


def shifted(components: Components, dx: float, dy: float) -> Components:
    """Return components moved by (dx, dy) pixels."""
    values = components.values.copy()
    values[:, X0] += dx
    values[:, Y0] += dy
    return replace(components, values=values)


def _cropped(stamp: Stamp) -> tuple[Stamp, tuple[int, int]]:
    """Return the part of a stamp that is used, and the (x, y) of its first pixel."""
    rows, columns = (np.flatnonzero(stamp.used.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return stamp, (0, 0)
    y0, x0 = int(rows[0]), int(columns[0])
    box = (slice(y0, rows[-1] + 1), slice(x0, columns[-1] + 1))
    return Stamp(stamp.data[box], stamp.used[box], shifted(stamp.start, -x0, -y0)), (x0, y0)


def _alike(stamps: list[Stamp]) -> list[list[int]]:
    """Return the stamps' indices in groups of equal component number and like size."""
    groups: dict[tuple[int, int], list[int]] = {}
    for i, stamp in enumerate(stamps):
        side = int(np.ceil(np.log2(max(8, *stamp.data.shape)) * 2))
        groups.setdefault((len(stamp.start), side), []).append(i)
    chunks = []
    for (count, _), members in groups.items():
        area = max(stamps[i].data.shape[0] for i in members) * max(
            stamps[i].data.shape[1] for i in members
        )
        length = max(1, MAX_ELEMENTS // (area * SIZE * count))
        chunks += [members[k : k + length] for k in range(0, len(members), length)]
    return chunks


def _fit_stack(stamps: list[Stamp], noise: NoiseCorrelation, max_steps: int) -> list[Components]:
    ny = max(stamp.data.shape[0] for stamp in stamps) + 3 & ~3
    nx = max(stamp.data.shape[1] for stamp in stamps) + 3 & ~3
    count = len(stamps[0].start)
    data = np.zeros((len(stamps), ny, nx), PIXEL)
    used = np.zeros((len(stamps), ny, nx), PIXEL)
    for i, stamp in enumerate(stamps):
        rows, columns = stamp.data.shape
        used[i, :rows, :columns] = stamp.used
        data[i, :rows, :columns] = np.where(stamp.used, stamp.data, 0.0)
    start = np.stack([stamp.start.values for stamp in stamps])
    free = np.stack([stamp.start.free for stamp in stamps])
    each = np.ones((len(stamps), count, SIZE), bool)
    each[:, :, PA:] = free[:, :, None]
    fitted = each.reshape(len(stamps), -1)

    values, converged = _minimise(start, fitted, data, used, max_steps)
    covariance, regular = _covariance(values, fitted, used, noise)
    converged &= regular & (used.sum(axis=(1, 2)) > fitted.sum(axis=1))
    return [
        Components(values[i], free[i], covariance[i], True) if converged[i] else stamp.start
        for i, stamp in enumerate(stamps)
    ]


def _minimise(
    start: np.ndarray, fitted: np.ndarray, data: np.ndarray, used: np.ndarray, max_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values (B, n, 6) of least squares and which of the stack converged."""
    values = start.copy()
    damping = np.full(len(start), 1e-3)
    converged = np.zeros(len(start), bool)
    active = np.arange(len(start))
    with np.errstate(over="ignore", invalid="ignore"):
        residual, rows = _linearise(values, fitted, data, used)
    cost = _square(residual)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(max_steps):
            normal = (rows @ np.swapaxes(rows, 1, 2)).astype(float)
            gradient = (rows @ residual[:, :, None])[:, :, 0].astype(float)
            diagonal = np.einsum("bkk->bk", normal)
            damped = normal.copy()
            np.einsum("bkk->bk", damped)[...] += damping[active, None] * diagonal
            np.einsum("bkk->bk", damped)[...] += np.where(diagonal > 0, 0.0, 1.0)
            step = _solve(damped, gradient).reshape(len(active), -1, SIZE)
            trial = values[active] + step
            next_residual, next_rows = _linearise(trial, fitted[active], data[active], used[active])
            next_cost = _square(next_residual)
            determinant = trial[:, :, PA] * trial[:, :, PC] - trial[:, :, PB] ** 2
            proper = ((determinant > 0) & (trial[:, :, PA] > 0)).all(axis=1)
            better = proper & (next_cost <= cost[active])
            gain = cost[active] - next_cost
            settled = proper & (np.abs(gain) <= SMALLEST_GAIN * np.maximum(next_cost, 1.0))
            values[active[better]] = trial[better]
            cost[active[better]] = next_cost[better]
            if better.all():
                residual, rows = next_residual, next_rows
            else:
                residual[better], rows[better] = next_residual[better], next_rows[better]
            damping[active] = np.where(better, damping[active] * 0.1, damping[active] * 10.0)
            converged[active[settled]] = True
            going = ~settled & (damping[active] < 1e8)
            if not going.all():
                active, residual, rows = active[going], residual[going], rows[going]
            if not len(active):
                break
    converged &= np.isfinite(values).all(axis=(1, 2))
    return values, converged


def _square(residual: np.ndarray) -> np.ndarray:
    return np.einsum("bp,bp->b", residual, residual, dtype=float)


def _linearise(
    values: np.ndarray, fitted: np.ndarray, data: np.ndarray, used: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return residuals (B, ny nx) and the model's derivatives (B, 6 n, ny nx)."""
    stack, ny, nx = data.shape
    count = values.shape[1]
    rows = np.empty((stack, count, SIZE, ny, nx), PIXEL)
    model = np.zeros(data.shape, PIXEL)
    x, y = np.arange(nx, dtype=PIXEL), np.arange(ny, dtype=PIXEL)[:, None]
    values = values.astype(PIXEL)
    for k in range(count):
        amplitude, x0, y0, a, b, c = (v[:, None, None] for v in values[:, k].T)
        dx, dy = x - x0, y - y0
        shape = np.exp(-(0.5 * a) * (dx * dx) - (b * dx) * dy - (0.5 * c) * (dy * dy)) * used
        bright = amplitude * shape
        model += bright
        rows[:, k, A] = shape
        rows[:, k, X0] = bright * (a * dx + b * dy)
        rows[:, k, Y0] = bright * (b * dx + c * dy)
        rows[:, k, PA] = bright * (-0.5 * dx * dx)
        rows[:, k, PB] = -bright * dx * dy
        rows[:, k, PC] = bright * (-0.5 * dy * dy)
    derivatives = rows.reshape(stack, count * SIZE, ny * nx)
    derivatives *= fitted[:, :, None]
    return (data - model).reshape(stack, -1), derivatives


def _covariance(
    values: np.ndarray, fitted: np.ndarray, used: np.ndarray, noise: NoiseCorrelation
) -> tuple[np.ndarray, np.ndarray]:
    """Return each component's own covariance (B, n, 6, 6) and which are regular."""
    stack, count, _ = values.shape
    with np.errstate(over="ignore", invalid="ignore"):
        _, rows = _linearise(values, fitted, np.zeros(used.shape), used)
    rows = rows.astype(float)
    normal = rows @ np.swapaxes(rows, 1, 2)
    held = ~fitted
    np.einsum("bkk->bk", normal)[held] = 1.0
    regular = np.isfinite(normal).all(axis=(1, 2))
    scale = np.sqrt(np.abs(np.einsum("bkk->bk", normal)))
    regular &= (scale > 0).all(axis=1)
    normal[~regular], scale[~regular] = np.eye(count * SIZE), 1.0
    inverse = np.linalg.pinv(normal / (scale[:, :, None] * scale[:, None, :]), hermitian=True)
    inverse /= scale[:, :, None] * scale[:, None, :]
    smoothed = noise.smooth(rows.reshape(stack, -1, *used.shape[1:])).reshape(rows.shape)
    joint = inverse @ (smoothed @ np.swapaxes(rows, 1, 2)) @ inverse
    joint *= fitted[:, :, None] & fitted[:, None, :]
    blocks = joint.reshape(stack, count, SIZE, count, SIZE)
    own = np.einsum("bniNj,nN->bnij", blocks, np.eye(count))
    regular &= np.isfinite(own).all(axis=(1, 2, 3))
    regular &= (np.einsum("bnii->bni", own) >= 0).all(axis=(1, 2))
    return own, regular


def _solve(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Solve a stack of damped normal equations; singular ones give NaN steps."""
    bad = ~np.isfinite(matrices).all(axis=(1, 2))
    if bad.any():
        matrices = np.where(bad[:, None, None], np.eye(matrices.shape[1]), matrices)
    try:
        steps = np.linalg.solve(matrices, vectors[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        steps = (np.linalg.pinv(matrices) @ vectors[:, :, None])[:, :, 0]
    return np.where(bad[:, None], np.nan, steps)
