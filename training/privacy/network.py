"""The finder: a published encoder, and boxes of heads and plates at 1/4 of the picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.encoder import CHANNELS as ENCODED
from training.encoder import Encoder
from training.network import Residual, conv_block, doubled
from training.privacy.targets import KINDS, OUTPUTS, STRIDE

#: Input sides must be a multiple of this.
SIDE_MULTIPLE = 16
#: Encoder blocks up to 1/16 of the picture: what lies deeper sees far more than a person.
_BLOCKS = 11


class FinderNetwork(nn.Module):
    """Says for every fourth pixel whether it lies on a head or a plate, and where that ends.

    Input float32 ``[n, 3, h, w]``, RGB 0..1, sides divisible by 16. Output
    ``[n, 2, 5, h / 4, w / 4]``: for each of ``KINDS`` a logit, then the logarithm of the distances
    (in cells) to the left, top, right and bottom edge.

    Parameters
    ----------
    width
        Channels of the decoder.
    """

    def __init__(self, *, width: int = 40) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.encoder.blocks = self.encoder.blocks[:_BLOCKS]
        quarter, eighth, sixteenth, _ = ENCODED
        self.quarter = nn.Conv2d(quarter, width, 1)
        self.eighth = nn.Conv2d(eighth, width, 1)
        self.sixteenth = nn.Conv2d(sixteenth, width, 1)
        self.context = nn.Sequential(Residual(width, dilation=2), Residual(width, dilation=3))
        self.middle = Residual(width)
        self.join = conv_block(width, width)
        self.out = nn.Conv2d(width, len(KINDS) * OUTPUTS, 1)
        with torch.no_grad():
            bias = self.out.bias.view(len(KINDS), OUTPUTS)
            bias[:, 0], bias[:, 1:] = -4.0, 1.0

    def forward(self, image: Tensor) -> Tensor:
        """Return logits and log distances, float32 ``[n, 2, 5, h / 4, w / 4]``."""
        return self.with_maps(image)[1]

    def with_maps(self, image: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return the maps on the way at 1/4, 1/8 and 1/16 of the image, and the answer."""
        quarter, eighth, sixteenth = self.encoder(image)
        wide = self.context(functional.relu(self.sixteenth(sixteenth)))
        near = self.middle(functional.relu(self.eighth(eighth) + doubled(wide)))
        joined = self.join(functional.relu(self.quarter(quarter) + doubled(near)))
        answer = self.out(joined).unflatten(1, (len(KINDS), OUTPUTS))
        return [joined, near, wide], answer


def of_state(state: dict[str, Tensor]) -> FinderNetwork:
    """Return a network with stored weights, in evaluation mode; blocks may be narrow.

    Raises
    ------
    RuntimeError
        If they are not those of a finder.
    """
    network = FinderNetwork()
    for number, block in enumerate(network.encoder.blocks):
        left = state[f"encoder.blocks.{number}.project.weight"].shape[1]
        if left < block.project.in_channels:
            block.narrow(torch.arange(left))
    network.load_state_dict(state)
    return network.eval()


class WithinGraph(nn.Module):
    """The network as it is shipped: RGB 0..1 in, probability and distances in pixels out."""

    def __init__(self, network: FinderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return probability ``[n, 2, h/4, w/4]`` and distances ``[n, 2, 4, h/4, w/4]`` in px."""
        output = self.network(image)
        return torch.sigmoid(output[:, :, 0]), torch.exp(output[:, :, 1:].clamp(-3, 5)) * STRIDE
