"""Road networks: readers (NVDB, OSM, any line layer), 20 m sections, and map matching."""

from gatusyn.network.matching import Matcher, Matching, match_track
from gatusyn.network.read_network import read_network
from gatusyn.network.sections import cut_sections

__all__ = ["Matcher", "Matching", "cut_sections", "match_track", "read_network"]
