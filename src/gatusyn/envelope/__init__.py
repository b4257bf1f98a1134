"""Encrypts footage as it arrives over the network; only who looks at it can decrypt it."""

from gatusyn.envelope.keys import key_id_of, new_keys
from gatusyn.envelope.read_keys import read_private_key, read_public_key
from gatusyn.envelope.read_sealed import read_sealed
from gatusyn.envelope.seal import CHUNK_BYTES, About, Opener, Sealer
from gatusyn.envelope.write_keys import write_keys
from gatusyn.envelope.write_sealed import SealedFile

__all__ = [
    "CHUNK_BYTES",
    "About",
    "Opener",
    "SealedFile",
    "Sealer",
    "key_id_of",
    "new_keys",
    "read_private_key",
    "read_public_key",
    "read_sealed",
    "write_keys",
]
