"""Road networks: readers (NVDB, OSM, any lines), sections, matching, one delivery to the next."""

from gatusyn.network.carry import CarriedOver, Carrier
from gatusyn.network.deliveries import DeliveryChanges, LinkChange, Stretch, compare
from gatusyn.network.live import LiveMatcher
from gatusyn.network.matching import Matcher, Matching, match_track
from gatusyn.network.read_network import read_network
from gatusyn.network.reproject import in_system
from gatusyn.network.sections import cut_sections

__all__ = [
    "CarriedOver",
    "Carrier",
    "DeliveryChanges",
    "LinkChange",
    "LiveMatcher",
    "Matcher",
    "Matching",
    "Stretch",
    "compare",
    "cut_sections",
    "in_system",
    "match_track",
    "read_network",
]
