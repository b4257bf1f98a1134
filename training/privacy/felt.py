"""Says which changes of a finder's maps its answers would feel.

A map may be off in ways that no answer shows, and a little off in others that lose a head. The mean
square of answers' slopes by a block's channels (the Gauss-Newton matrix) tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from training.privacy.columns import Floats, root_of
from training.privacy.network import FinderNetwork

_UNSURE = 0.02
"""How much a logit counts at least beside p (1 - p): what is certain now must not become unsure."""
_OF_EDGES = 0.5
"""How much an edge's logarithm counts beside a logit, where there is a thing."""


def felt(teacher: FinderNetwork, crops: Sequence[Tensor], *, on_things: float) -> list[Floats]:
    """Return for each block of a finder how much its answers feel of each of its output channels.

    Parameters
    ----------
    crops
        Each float32 [n, 3, h, w], RGB 0..1.
    on_things
        How much more an answer counts where there is certainly a thing.

    Returns
    -------
        For each block a symmetric matrix ``R``, float64 [outputs, outputs], mean square about 1: a
        map that is off by ``e`` [outputs] is felt as the square of ``R e``.
    """
    dice, maps = torch.Generator().manual_seed(1), list[Tensor]()
    blocks = teacher.encoder.blocks
    sums = [np.zeros((block.project.out_channels,) * 2) for block in blocks]
    hooks = [block.register_forward_hook(lambda *given: maps.append(given[2])) for block in blocks]
    for images in crops:
        maps.clear()
        with torch.enable_grad():
            answer = teacher(images.clone().requires_grad_())
            slopes = torch.autograd.grad(_told(answer, on_things, dice), maps)
        for one, slope in zip(sums, slopes, strict=True):
            one += torch.einsum("nchw,ndhw->cd", slope, slope).double().numpy()
    for hook in hooks:
        hook.remove()
    return [root_of(one) for one in sums]


def _told(answer: Tensor, on_things: float, dice: torch.Generator) -> Tensor:
    """Add answers up, each as it counts and with a sign by chance: all slopes at once.

    Slopes of different answers then vanish from the mean square (Hutchinson's way).
    """
    sure = torch.sigmoid(answer[:, :, :1].detach())
    logits = ((1.0 + on_things * sure) * (sure * (1.0 - sure) + _UNSURE)).sqrt()
    edges = (_OF_EDGES * sure.sqrt()).expand_as(answer[:, :, 1:])
    signs = torch.randint(0, 2, answer.shape, generator=dice) * 2.0 - 1.0
    return (signs * torch.cat([logits, edges], dim=2) * answer).sum()
