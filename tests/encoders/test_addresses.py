"""T10: which addresses of a configured model may be called."""

from collections.abc import Sequence

import pytest

from app.encoders import addresses
from app.encoders.addresses import ForbiddenAddressError, Place


def answering(*found: str) -> addresses.Resolve:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return found

    return resolve


NEVER = [
    "169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254",
    "100.100.100.200", "192.0.0.192", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "2002:a9fe:a9fe::",
    "2001:0:4136:e378:8000:63bf:5601:5601",
]  # fmt: skip
PRIVATE = [
    "10.0.0.5", "172.16.3.4", "192.168.1.1", "127.0.0.1", "127.8.8.8", "::1", "fc00::1",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "2001:db8::1", "::ffff:10.0.0.5",
    "64:ff9b::a00:5", "2002:a00:5::",
]  # fmt: skip


@pytest.mark.parametrize("address", NEVER)
def test_t10_link_local_and_metadata_are_never_called(address: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        addresses.choose(
            "models.example", 443, allowed=("0.0.0.0/0", "::/0"), resolve=answering(address)
        )


@pytest.mark.parametrize("address", PRIVATE)
def test_t10_a_name_that_leads_inside_is_not_called(address: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="DARTBOARD_MODEL_ALLOW_PRIVATE"):
        addresses.choose("models.example", 443, resolve=answering(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_is_called_as_it_is(address: str) -> None:
    assert addresses.choose("models.example", 443, resolve=answering(address)) == Place(
        address, is_inside=False
    )


def test_a_listed_network_may_be_called() -> None:
    found = addresses.choose(
        "vllm.lan", 8000, allowed=("10.1.0.0/16", "fd12::/16"), resolve=answering("10.1.2.3")
    )
    assert found == Place("10.1.2.3", is_inside=True)
    with pytest.raises(ForbiddenAddressError):
        addresses.choose("vllm.lan", 80, allowed=("10.1.0.0/16",), resolve=answering("10.2.0.1"))


def test_a_list_that_holds_no_networks_is_said() -> None:
    with pytest.raises(ForbiddenAddressError, match="lists networks"):
        addresses.choose("vllm.lan", 80, allowed=("my lan",), resolve=answering("10.2.0.1"))


def test_one_bad_address_among_good_ones_is_enough_to_refuse() -> None:
    with pytest.raises(ForbiddenAddressError):
        addresses.choose("models.example", 443, resolve=answering("8.8.8.8", "10.0.0.1"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "LOCALHOST"])
def test_this_machine_may_be_named(host: str) -> None:
    assert addresses.choose(host, 8000).is_inside


@pytest.mark.parametrize("host", ["localhost.", "2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
def test_t10_this_machine_in_disguise_is_not_called(host: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        addresses.choose(host, 8000)


def test_a_name_without_an_address_is_refused_in_a_sentence() -> None:
    with pytest.raises(ForbiddenAddressError, match="no address"):
        addresses.choose("nowhere.invalid", 443, resolve=answering())
