"""openapi.json held to its word: no server error, no answer that it does not describe.

`DARTBOARD_EXAMPLES` sets how many requests each operation gets; `make soak` sets many.
"""

import os
import shutil
import threading
import time
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from sqlmodel import Session

from app.curation import access
from app.storage import datasets
from app.storage.access import Role
from app.storage.database import connect, reading, writing
from app.web.description import REFUSALS
from tests import web_client
from tests.stocked import stock_plain

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

EXAMPLES = int(os.environ.get("DARTBOARD_EXAMPLES", "6"))
WITHOUT_A_TOKEN = max(EXAMPLES // 3, 1)
"""Each is refused before anything is read of it."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: Path
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A real server's address, an admin's token, and what it says of itself."""
    folder: Path = tmp_path_factory.mktemp("contract")
    engine = connect(f"sqlite:///{shutil.copy(migrated_file, folder)}")
    with writing(engine)() as session:
        token = _fill(session)
    app = web_client.make_app(folder, reading(engine), writing(engine))
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", token, app.openapi()
    server.should_exit = True
    thread.join()
    engine.dispose()


def _fill(session: Session) -> str:
    row = datasets.add(session, "recipes")
    stock_plain(session, row.id, 5)
    return access.new_token(session, "contract", Role.ADMIN)


def test_every_route_of_the_api_says_how_it_refuses(
    served: tuple[str, str, dict[str, Any]],
) -> None:
    _address, _token, told = served
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/"):
                assert set(REFUSALS) <= set(operation["responses"]), (method, path)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("known", [True, False], ids=["with a token", "without"])
def test_every_answer_is_one_that_is_described(
    served: tuple[str, str, dict[str, Any]], known: bool
) -> None:
    address, token, told = served
    headers = {"Authorization": f"Bearer {token}"} if known else {}
    schema = schemathesis.openapi.from_dict(told)
    broken: dict[str, str] = {}
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # one that cannot be read fails here
        if not operation.path.startswith("/api/"):
            continue
        try:
            _try(operation, address, headers, EXAMPLES if known else WITHOUT_A_TOKEN)
        except AssertionError as error:
            broken[operation.label] = str(error)[:1_500]
        except BaseExceptionGroup as errors:
            broken[operation.label] = "\n".join(str(error)[:700] for error in errors.exceptions)
    assert not broken, "\n\n".join(f"{label}\n{said}" for label, said in broken.items())


def _try(operation: Any, address: str, headers: dict[str, str], examples: int) -> None:
    # Half of what is sent fits the description, half is broken on purpose.
    for mode in schemathesis.GenerationMode:

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize="DARTBOARD_EXAMPLES" not in os.environ,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Any) -> None:
            if "slug" in case.path_parameters and zlib.crc32(repr(case.query).encode()) % 2:
                case.path_parameters["slug"] = "recipes"
            if isinstance(case.query, dict):
                case.query.pop("wait", None)  # nobody works here: it would be waited for in vain
            answer = case.call(base_url=address, headers=headers, timeout=120)
            case.validate_response(answer, checks=CHECKS)

        try:
            send()
        except Exception as error:
            if "Unsatisfiable" not in type(error).__name__:  # no broken form of a route without any
                raise
