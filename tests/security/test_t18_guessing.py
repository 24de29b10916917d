"""T18: guessing passwords."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from sqlmodel import Session
from starlette.requests import Request

from app.curation import audit, knocking
from app.curation.audit import Kind, Origin
from app.curation.knocking import TooManyLoginsError
from app.storage import audits
from app.storage.audit_tables import AuditRow
from app.storage.database import Sessions
from app.storage.tables import now
from app.web.rates import Rates
from tests.security.test_t17_floods import FEW


def fail(session: Session, times: int, name: str = "mia", *, seconds_ago: float = 0) -> None:
    moment = now() - timedelta(seconds=seconds_ago)
    for _ in range(times):
        row = AuditRow(
            actor=name, kind=Kind.LOGIN_FAILED, subject="", body={}, ip="", request_id="", at=moment
        )
        audits.add(session, row)


def wait_of(session: Session, name: str = "mia", ip: str = "192.0.2.1") -> float:
    try:
        knocking.check(session, name, ip=ip, most=20)
    except TooManyLoginsError as error:
        return error.retry_after
    return 0.0


def asking(ip: str = "192.0.2.1") -> Request:
    return Request({"type": "http", "client": (ip, 1), "path": "/login", "headers": []})


def test_t18_a_hash_costs_what_owasp_asks_for(full_cost: PasswordHash) -> None:
    assert full_cost.hash("four words of mine").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_t18_of_a_hundred_attempts_at_once_five_pass(write: Sessions) -> None:
    counted = Rates(FEW)

    def knock(_: int) -> bool:
        return not counted.take("login 192.0.2.1 mia", FEW.logins_per_minute)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(knock, range(100))) == 5


def test_t18_the_sixth_attempt_in_a_minute_waits(write: Sessions) -> None:
    counted = Rates(FEW)
    for _ in range(5):
        counted.check_login(asking(), write, "mia")
    with pytest.raises(TooManyLoginsError) as caught:
        counted.check_login(asking(), write, "mia")
    assert 0 < caught.value.retry_after <= 60
    counted.check_login(asking("192.0.2.2"), write, "mia")
    counted.check_login(asking(), write, "ben")


def test_t18_one_address_cannot_try_name_after_name(write: Sessions) -> None:
    counted = Rates(FEW)
    for number in range(30):
        counted.check_login(asking(), write, f"name {number}")
    with pytest.raises(TooManyLoginsError):
        counted.check_login(asking(), write, "another name")


@pytest.mark.parametrize(
    ("failures", "wait"), [(0, 0), (19, 0), (20, 1), (21, 2), (25, 32), (40, 300)]
)
def test_t18_the_wait_grows_with_the_failures(write: Sessions, failures: int, wait: float) -> None:
    with write() as session:
        began = now()
        fail(session, failures)
        found = wait_of(session)
        passed = (now() - began).total_seconds()
    assert max(wait - passed, 0) <= found <= wait


def test_t18_whether_anybody_has_the_name_makes_no_difference(write: Sessions) -> None:
    with write() as session:
        fail(session, 21, "nobody at all")
        assert wait_of(session, "nobody at all") > 0
        assert wait_of(session, "mia") == 0


def test_t18_nobody_is_locked_out(write: Sessions) -> None:
    with write() as session:
        fail(session, 500, seconds_ago=knocking.LONGEST_WAIT + 1)
        assert wait_of(session) == 0
        fail(session, 1)
        assert wait_of(session) > 0
        with audit.coming_from(Origin("192.0.2.7", "")):
            audit.record(session, actor="mia", kind=Kind.LOGIN)
        assert wait_of(session, ip="192.0.2.7") == 0  # at home she comes in as ever
        assert wait_of(session, ip="192.0.2.8") > 0


def test_t18_failures_are_forgotten_after_an_hour(write: Sessions) -> None:
    with write() as session:
        fail(session, 50, seconds_ago=3601)
        assert wait_of(session) == 0
