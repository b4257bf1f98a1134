"""The damage network: a residual encoder to 1/16, wide context, an output at 1/8 of the frame."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 8
CHANNELS = ("crack", "pothole", "road")
#: Input sides must be a multiple of this: 16 for the deepest level, 32 agreed with the runtime.
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
    """Logits of crack, pothole and road for every 8 x 8 px of a frame.

    Parameters
    ----------
    width
        Channels at 1/4 of the frame; twice that at 1/8, four times at 1/16.
    """

    def __init__(self, *, width: int = 32) -> None:
        super().__init__()
        quarter, eighth, sixteenth = width, 2 * width, 4 * width
        self.stem = nn.Sequential(
            conv_block(3, 3 * width // 4, stride=2),
            conv_block(3 * width // 4, quarter, stride=2),
            Residual(quarter),
        )
        self.eighth = nn.Sequential(
            conv_block(quarter, eighth, stride=2), Residual(eighth), Residual(eighth)
        )
        # Growing dilation: the last unit sees about 700 px: a lane and its surroundings.
        self.sixteenth = nn.Sequential(
            conv_block(eighth, sixteenth, stride=2),
            Residual(sixteenth),
            Residual(sixteenth, dilation=2),
            Residual(sixteenth, dilation=4),
            Residual(sixteenth, dilation=2),
        )
        self.wide = nn.Sequential(
            nn.Conv2d(sixteenth, eighth, 1, bias=False), nn.BatchNorm2d(eighth), nn.ReLU()
        )
        self.fine = conv_block(quarter, width, stride=2)
        self.join = nn.Sequential(conv_block(2 * eighth + width, eighth), nn.Dropout2d(0.1))
        self.out = nn.Conv2d(eighth, len(CHANNELS), 1)
        nn.init.constant_(self.out.bias, -2.0)

    def forward(self, image: Tensor) -> Tensor:
        """Return logits ``[n, 3, h / 8, w / 8]`` of a normalised image ``[n, 3, h, w]``."""
        quarter = self.stem(image)
        eighth = self.eighth(quarter)
        wide = self.wide(self.sixteenth(eighth))
        wide = functional.interpolate(wide, scale_factor=2.0, mode="nearest")
        joined = self.join(torch.cat([wide, eighth, self.fine(quarter)], dim=1))
        logits: Tensor = self.out(joined)
        return logits


class WithinGraph(nn.Module):
    """The network as it is shipped: RGB 0..1 in, probabilities out, normalisation inside.

    Parameters
    ----------
    network
        The trained network.
    """

    def __init__(self, network: DamageNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Return probabilities ``[n, 3, h / 8, w / 8]`` of an RGB image with values 0..1."""
        probability: Tensor = torch.sigmoid(self.network(normalised(image)))
        return probability


def normalised(image: Tensor) -> Tensor:
    """Shift and scale RGB 0..1 to about -2..2; one scale for all channels keeps the hue."""
    return (image - 0.45) * 4.0
