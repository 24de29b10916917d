"""Frames between the database and the geometry: packed as .npz, unpacked once per process."""

import io
from functools import lru_cache

import numpy as np

from app.geometry import frame as geometry
from app.geometry.frame import Frame
from app.storage.board_tables import FrameRow

KEPT_FRAMES = 16


def pack(frame: Frame) -> bytes:
    """The frame as the bytes of an .npz file."""
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **geometry.to_arrays(frame))
    return stream.getvalue()


def unpack(row: FrameRow) -> Frame:
    """The frame of a row. Frames never change, so each is read once."""
    return _read(row.arrays)


@lru_cache(maxsize=KEPT_FRAMES)
def _read(packed: bytes) -> Frame:
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return geometry.from_arrays({name: arrays[name] for name in arrays.files})
