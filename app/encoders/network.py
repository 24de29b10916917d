"""Keep the libraries of this room off the network."""

import os
import sys
from types import ModuleType
from typing import cast


def forbid() -> None:
    """Call it before openvino, nncf or sentence_transformers is imported.

    nncf sends usage data to Google Analytics unless its user opted out, and openvino
    may; both run without the package that does it. A None in sys.modules makes an
    import fail (The Python Language Reference, 5.3.1). The model hub is asked about
    models that lie here even with local_files_only, unless the environment forbids it.
    """
    sys.modules["openvino_telemetry"] = cast(ModuleType, None)
    os.environ["HF_HUB_OFFLINE"] = "1"
