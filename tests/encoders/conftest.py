import pytest

from app.encoders import Encoder
from tests import encoder_cache


@pytest.fixture(scope="session")
def default() -> Encoder:
    """The default encoder as users have it: int8 on OpenVINO."""
    return encoder_cache.cached_default()
