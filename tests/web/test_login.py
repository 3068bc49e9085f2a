"""Signing in over HTTP: the right password opens, every wrong way looks the same."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from sqlalchemy.orm import Session

from caseflow.people import accounts
from caseflow.people.tables import User
from tests.web.site import PASSWORD, Page, Site
from tests.web.walking import dispatched, item_of, open_case


def sign_in(site: Site, username: str, password: str, path: str = "/login") -> Page:
    return site.nobody().get(path).send("/login", username=username, password=password)


def give_password(site: Site, name: str) -> None:
    stored = accounts.hash_password(PASSWORD)

    def keep(session: Session) -> None:
        person = session.get_one(User, site.office[name].person)
        person.password_hash = stored

    site.do(keep)


def test_a_handler_signs_in_and_starts_at_the_work_list(site: Site) -> None:
    give_password(site, "handler")
    page = sign_in(site, "handler", PASSWORD)
    assert (page.status, page.path) == (200, "/console/")


def test_a_wrong_password_keeps_the_name_and_says_so(site: Site) -> None:
    give_password(site, "handler")
    page = sign_in(site, "handler", "wrong")
    assert page.status == 401
    assert page.form("/login").fields["username"] == ["handler"]
    assert page.text == sign_in(site, "nobody-of-that-name", "wrong").text


def test_the_fifth_wrong_password_closes_the_account_for_a_while(site: Site) -> None:
    give_password(site, "handler")
    for _ in range(accounts.MAX_FAILED):
        sign_in(site, "handler", "wrong")
    assert sign_in(site, "handler", PASSWORD).status == 401
    site.later(minutes=16)
    assert sign_in(site, "handler", PASSWORD).status == 200


def test_wrong_passwords_at_the_same_moment_are_all_counted(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_password(site, "handler")
    failed = accounts.failed

    def slowly(user: User, now: datetime) -> None:
        time.sleep(0.3)  # the others read meanwhile, where nothing holds them back
        failed(user, now)

    monkeypatch.setattr(accounts, "failed", slowly)
    with ThreadPoolExecutor(2) as people:
        list(people.map(lambda _: sign_in(site, "handler", "wrong"), range(2)))
    person = site.office["handler"].person
    assert site.ask(lambda s: s.get_one(User, person).failed_logins) == 2


def test_a_password_that_is_reset_meanwhile_opens_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who signs in with the old one at that very moment is whom the reset meant to throw out."""
    give_password(site, "handler")
    check = accounts.check_password

    def reset_meanwhile(stored: str | None, password: str) -> bool:
        right = check(stored, password)
        give_password(site, "handler")
        return right

    monkeypatch.setattr(accounts, "check_password", reset_meanwhile)
    assert sign_in(site, "handler", PASSWORD).status == 401


def test_passwords_are_hashed_one_at_a_time_in_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[str] = []

    class Listening(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            threads.append(threading.current_thread().name)
            return super().hash(password, salt=salt)

    cheap = Listening(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", cheap)
    with ThreadPoolExecutor(8) as people:
        list(people.map(accounts.hash_password, ["password"] * 16))
    assert (len(threads), len(set(threads))) == (16, 1)


def test_a_password_is_kept_by_argon2id_in_modest_memory_and_more_than_one_pass() -> None:
    """19 MiB and two passes: what OWASP asks for at the least, and no more than fits the office."""
    kept = extract_parameters(accounts.hash_password(PASSWORD))
    assert (kept.type, kept.memory_cost, kept.parallelism) == (Type.ID, 19 * 1024, 1)
    assert kept.time_cost >= 2


def test_signing_in_never_leads_to_another_site(site: Site) -> None:
    give_password(site, "handler")
    page = sign_in(site, "handler", PASSWORD, "/login?next=//evil.example/")
    assert page.path == "/console/"


def test_a_copied_cookie_opens_nothing_after_signing_out(site: Site) -> None:
    visit, copy = site.as_("handler"), site.nobody()
    with visit.client.session_transaction() as kept, copy.client.session_transaction() as copied:
        copied.update(kept)
    assert copy.get("/console/").path == "/console/"
    visit.get("/console/").send("/logout")
    assert copy.get("/console/").path == "/login"


def test_signing_out_ends_it(site: Site) -> None:
    visit = site.as_("handler")
    visit.get("/console/").send("/logout")
    assert visit.get("/console/").path == "/login"


@pytest.mark.parametrize("cookie", ["ended", "gone"])
def test_what_was_written_when_the_session_ended_is_given_back(site: Site, cookie: str) -> None:
    """Nobody of the office loses a text because a shift ended or a colleague signed out."""
    number = open_case(site)
    visit, elsewhere = site.as_("handler"), site.as_("handler")
    page = visit.get(f"/console/cases/{number}")
    if cookie == "ended":
        elsewhere.get("/console/").send("/logout")
    else:
        visit.client.delete_cookie("caseflow")
    page = page.send(f"/console/cases/{number}/note", text="家长又来电话，约明日上午")
    assert page.status == 401
    assert "没有保存" in page.text
    assert "家长又来电话，约明日上午" in page.text
    assert f"/login?next=/console/cases/{number}" in page.links


def test_a_unit_gets_its_words_back_with_their_labels_and_nothing_that_it_never_wrote(
    site: Site,
) -> None:
    number = dispatched(site, "school")
    item = item_of(site, number).id
    visit = site.as_("school")
    visit.get(f"/unit/items/{item}").send(f"/unit/items/{item}/sign_for")
    page = visit.get(f"/unit/items/{item}")
    form = page.form(f"/unit/items/{item}/find")
    form.fields["until"] = ["2026-03-06"]  # as a page puts it there whose item can be extended
    visit.client.delete_cookie("caseflow")
    page = page.send(f"/unit/items/{item}/find", basis="现场看过", result="partly")
    assert page.status == 401
    assert "核查结论 部分属实" in page.text
    assert "依据 现场看过" in page.text
    assert "2026-03-06" not in page.text


def test_of_choices_and_hidden_numbers_nothing_is_given_back(site: Site) -> None:
    """Whoever comes back would read `21 yes no no` above their own words."""
    visit = site.as_("handler")
    path = f"/console/cases/{open_case(site)}/call_back"
    visit.client.delete_cookie("caseflow")
    page = visit.sent(path, {"report": "21", "reached": "yes", "solved": "no", "words": "没有改"})
    assert page.status == 401
    assert "您刚才写的 反映人怎么说 没有改" in page.text


def test_no_password_is_ever_given_back(site: Site) -> None:
    visit = site.nobody()
    visit.get("/login")
    sent = {"username": "handler", "password": "secret-word", "csrf_token": "old"}
    answer = visit.client.post("/login", data=sent)
    assert answer.status_code == 400
    assert "secret-word" not in answer.get_data(as_text=True)
