"""A small fully convolutional network that outlines number plates in a grey picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 4


def unit(inputs: int, outputs: int, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Return a 3 x 3 convolution with normalisation and ReLU."""
    convolution = nn.Conv2d(
        inputs, outputs, 3, stride=stride, padding=dilation, dilation=dilation, bias=False
    )
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut."""

    def __init__(self, channels: int, *, dilation: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            unit(channels, channels, dilation=dilation), unit(channels, channels, dilation=dilation)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Add what the convolutions make of ``x`` to it."""
        return x + self.body(x)


class PlateNetwork(nn.Module):
    """Says for every fourth pixel whether it lies on a plate, and where that plate ends.

    Input float32 ``[n, 1, h, w]``, grey 0..1, sides divisible by 16. Output ``[n, 5, h/4, w/4]``:
    a logit, then the logarithm of the distances (in cells) to the plate's left, top, right and
    bottom edge.
    """

    def __init__(self) -> None:
        super().__init__()
        self.second = unit(1, 12, stride=2)
        self.fourth = nn.Sequential(unit(12, 24, stride=2), unit(24, 24))
        self.eighth = nn.Sequential(unit(24, 48, stride=2), Residual(48))
        self.sixteenth = nn.Sequential(
            unit(48, 64, stride=2), Residual(64), Residual(64, dilation=2), Residual(64, dilation=3)
        )
        self.to_eighth = nn.Conv2d(64, 48, 1)
        self.to_quarter = nn.Conv2d(48, 24, 1)
        self.fuse = unit(24, 32)
        self.head = nn.Conv2d(32, 5, 1)
        nn.init.constant_(self.head.bias, 0.0)
        with torch.no_grad():
            self.head.bias[0] = -4.0
            self.head.bias[1:] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """Return logits and log distances, float32 ``[n, 5, h/4, w/4]``."""
        quarter = self.fourth(self.second(x - 0.45))
        eighth = self.eighth(quarter)
        deep = self.to_eighth(self.sixteenth(eighth))
        eighth = eighth + functional.interpolate(deep, scale_factor=2.0, mode="nearest")
        upper = functional.interpolate(self.to_quarter(eighth), scale_factor=2.0, mode="nearest")
        output: Tensor = self.head(self.fuse(quarter + upper))
        return output


class Exported(nn.Module):
    """The network as it ships: grey 0..255 in, probability and distances in pixels out."""

    def __init__(self, network: PlateNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, grey: Tensor) -> tuple[Tensor, Tensor]:
        """Return probability ``[n, 1, h/4, w/4]`` and distances ``[n, 4, h/4, w/4]`` in pixels."""
        output = self.network(grey / 255.0)
        return torch.sigmoid(output[:, :1]), torch.exp(output[:, 1:].clamp(-3.0, 5.0)) * STRIDE
