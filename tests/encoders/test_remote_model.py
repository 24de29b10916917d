"""A model behind an endpoint: what is sent, and what of its answers is believed."""

from collections.abc import Sequence

import pytest

from app.encoders import remote_model
from app.encoders.remote_model import (
    Endpoint,
    ForbiddenAddressError,
    ModelAddressError,
    ModelError,
    RemoteModel,
)
from tests.model_server import MEGABYTE, Answer, saying, serving

ASKED = [{"role": "user", "content": "hello"}]
SECRET = "sk-very-secret"


def model(url: str, **values: object) -> RemoteModel:
    return RemoteModel(Endpoint(url, "tiny", **values))  # type: ignore[arg-type]


def test_it_asks_as_such_endpoints_are_asked() -> None:
    with serving(saying("good day")) as server:
        assert model(server.url + "/", key=SECRET).write(ASKED) == "good day"
    assert server.paths == ["/v1/chat/completions"]
    assert server.asked == [{"model": "tiny", "messages": ASKED, "stream": False}]
    (headers,) = server.headers
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert headers["host"] == server.url.split("/")[2]
    assert headers["accept-encoding"] == "identity"


def test_without_a_key_none_is_sent() -> None:
    with serving(saying("hi")) as server:
        model(server.url).write(ASKED)
    assert "authorization" not in server.headers[0]


UNUSABLE = {
    "an error": (Answer(500, b"Traceback: sk-very-secret"), "status 500"),
    "refused": (Answer(401, b"bad key sk-very-secret"), "status 401"),
    "not JSON": (Answer(body=b"<html>sk-very-secret"), "not an OpenAI-compatible"),
    "other JSON": (Answer(body=b'{"choices": []}'), "not an OpenAI-compatible"),
    "no text": (Answer(body=b'{"choices":[{"message":{"content":null}}]}'), "not an OpenAI"),
    "a list": (Answer(body=b"[1, 2]"), "not an OpenAI-compatible"),
    "compressed": (
        Answer(body=b"x", headers={"Content-Encoding": "gzip"}),
        "compressed",
    ),
    "huge": (Answer(body=b"x" * MEGABYTE, times=12), "too long"),
}


@pytest.mark.parametrize(("answer", "sentence"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_t10_an_unusable_answer_is_a_sentence_of_our_own(answer: Answer, sentence: str) -> None:
    with serving(answer) as server, pytest.raises(ModelError, match=sentence) as told:
        model(server.url, key=SECRET).write(ASKED)
    assert SECRET not in str(told.value)
    assert "Traceback" not in str(told.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_t10_redirects_are_not_followed(status: int) -> None:
    with serving(saying("inside")) as inside:
        there = Answer(status, headers={"Location": f"{inside.url}/chat/completions"})
        with serving(there) as server, pytest.raises(ModelError, match="leads elsewhere"):
            model(server.url).write(ASKED)
    assert inside.paths == []


def test_an_answer_that_drips_is_given_up() -> None:
    dripping = Answer(body=b" ", times=500, pause=0.01)
    with serving(dripping) as server, pytest.raises(ModelError, match="too long"):
        model(server.url, seconds=1.5).write(ASKED)


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with serving(saying("hi")) as server:
        pass
    with pytest.raises(ModelError, match="could not be reached"):
        model(server.url).write(ASKED)


def test_t10_a_name_that_turns_private_after_the_check_is_not_asked_again() -> None:
    looked_up: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"] if len(looked_up) == 1 else ["10.0.0.1"]

    with serving(saying("hi")) as server:
        port = server.url.split(":")[2].split("/")[0]
        endpoint = Endpoint(f"http://model.test:{port}/v1", "tiny", allow_private=("127.0.0.0/8",))
        assert RemoteModel(endpoint, resolve=rebinding).write(ASKED) == "hi"
    assert looked_up == ["model.test"]
    assert server.headers[0]["host"] == f"model.test:{port}"


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254"])
def test_t10_a_name_that_answers_a_private_address_is_not_called(address: str) -> None:
    endpoint = Endpoint("https://models.example/v1", "tiny")
    with pytest.raises(ForbiddenAddressError):
        RemoteModel(endpoint, resolve=lambda _host, _port: [address]).write(ASKED)


def test_t10_the_metadata_service_is_not_called_even_when_it_is_configured() -> None:
    with pytest.raises(ForbiddenAddressError):
        model("http://169.254.169.254/v1", allow_private=("0.0.0.0/0",)).write(ASKED)


def test_plain_http_stays_in_the_house() -> None:
    endpoint = Endpoint("http://models.example/v1", "tiny")
    with pytest.raises(ModelAddressError, match="https"):
        RemoteModel(endpoint, resolve=lambda _host, _port: ["8.8.8.8"]).write(ASKED)


@pytest.mark.parametrize(
    "url",
    [
        "", "models.example", "ftp://models.example", "file:///etc/passwd", "https://",
        "https://mia:secret@models.example/v1", "https://models.example/v1?key=secret",
        "https://models.example:99999/v1", "https://[::1", "gopher://127.0.0.1:25/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_without_repeating_it(url: str) -> None:
    with pytest.raises(ModelAddressError) as told:
        model(url).write(ASKED)
    assert "secret" not in str(told.value)
    assert remote_model.place_of(url) == ""


def test_a_key_is_not_in_what_is_printed_of_an_endpoint() -> None:
    assert SECRET not in repr(Endpoint("https://models.example", "tiny", SECRET))
    assert remote_model.place_of("https://models.example:8443/v1") == "models.example:8443"
