"""The damage network: a published encoder, and a decoder with its output at 1/8 of the frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import CHANNELS as ENCODED
from training.encoder import Encoder

STRIDE = 8
CHANNELS = ("crack", "pothole", "patch", "road")
#: Input sides must be a multiple of this: that of the deepest level.
SIDE_MULTIPLE = 32


def conv_block(inputs: int, outputs: int, *, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """Build a 3x3 convolution with batch normalisation and ReLU.

    Parameters
    ----------
    inputs, outputs
        Channels in and out.
    stride, dilation
        As in ``torch.nn.Conv2d``; the padding keeps the size at stride 1.

    Returns
    -------
    torch.nn.Sequential
        The block.
    """
    convolution = nn.Conv2d(
        inputs, outputs, 3, stride=stride, padding=dilation, dilation=dilation, bias=False
    )
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity.

    Parameters
    ----------
    channels
        Channels in and out.
    dilation
        Spacing of the taps of both convolutions.
    """

    def __init__(self, channels: int, *, dilation: int = 1) -> None:
        super().__init__()
        self.first = conv_block(channels, channels, dilation=dilation)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False),
            nn.BatchNorm2d(channels),
        )
        # A block that starts as the identity keeps the first, high-rate steps stable.
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``relu(x + f(x))``."""
        return functional.relu(x + self.second(self.first(x)))


class DamageNetwork(nn.Module):
    """Logits of crack, pothole, patch and road for every 8 x 8 px of a frame.

    Parameters
    ----------
    width
        Channels of the decoder.
    """

    def __init__(self, *, width: int = 64) -> None:
        super().__init__()
        self.encoder = Encoder()
        quarter, eighth, sixteenth, deepest = ENCODED
        self.quarter = conv_block(quarter, width, stride=2)
        self.eighth = nn.Conv2d(eighth, width, 1)
        self.sixteenth = nn.Conv2d(sixteenth, width, 1)
        self.deepest = nn.Conv2d(deepest, width, 1)
        self.context = Residual(width)
        self.middle = Residual(width)
        self.join = nn.Sequential(conv_block(2 * width, width), Residual(width), nn.Dropout2d(0.1))
        self.out = nn.Conv2d(width, len(CHANNELS), 1)
        nn.init.constant_(self.out.bias, -2.0)

    def forward(self, image: Tensor) -> Tensor:
        """Return logits ``[n, 4, h / 8, w / 8]`` of an RGB image ``[n, 3, h, w]``, 0..1."""
        quarter, eighth, sixteenth, deepest = self.encoder(image)
        wide = self.context(functional.relu(self.deepest(deepest)))
        wide = self.middle(functional.relu(self.sixteenth(sixteenth) + doubled(wide)))
        near = functional.relu(self.eighth(eighth) + doubled(wide))
        logits: Tensor = self.out(self.join(torch.cat([near, self.quarter(quarter)], dim=1)))
        return logits


def doubled(x: Tensor) -> Tensor:
    """Return a map at twice its size."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class WithinGraph(nn.Module):
    """The network as it is shipped: RGB 0..1 in, probabilities out.

    Parameters
    ----------
    network
        The trained network.
    """

    def __init__(self, network: DamageNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Return probabilities ``[n, 4, h / 8, w / 8]`` of an RGB image with values 0..1."""
        probability: Tensor = torch.sigmoid(self.network(image))
        return probability
