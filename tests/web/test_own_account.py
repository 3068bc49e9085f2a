"""One's own account: a password of one's own, before anything else if somebody told the first."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.people import accounts
from caseflow.people.office_tables import OfficeChange
from caseflow.people.tables import User
from tests.web.site import PASSWORD, Page, Site

NEW = "白云下面的第三棵槐树开着花"
FORM = "/account"


@pytest.fixture(autouse=True)
def with_password(site: Site) -> None:
    """The handler has a password."""
    keep(site, password_hash=accounts.hash_password(PASSWORD))


def keep(site: Site, **columns: object) -> None:
    def put(session: Session) -> None:
        person = session.get_one(User, site.office["handler"].person)
        for name, value in columns.items():
            setattr(person, name, value)

    site.do(put)


def kept(site: Site) -> User:
    return site.ask(lambda session: session.get_one(User, site.office["handler"].person))


def choose(page: Page, present: str = PASSWORD, chosen: str = NEW, again: str = NEW) -> Page:
    return page.send(FORM, present=present, chosen=chosen, again=again)


def opened(site: Site, password: str) -> bool:
    page = site.nobody().get("/login").send("/login", username="handler", password=password)
    return page.path != "/login"


def test_another_password_opens_and_the_old_one_does_not(site: Site) -> None:
    page = choose(site.as_("handler").get(FORM))
    assert page.path == "/console/"
    assert "密码已修改" in page.text
    assert opened(site, NEW)
    assert not opened(site, PASSWORD)
    query = select(OfficeChange.what, OfficeChange.by_id, OfficeChange.user_id, OfficeChange.facts)
    person = site.office["handler"].person
    assert site.ask(lambda s: s.execute(query).all()) == [
        ("password_changed", person, person, "{}")
    ]


def test_every_other_session_ends_and_this_one_goes_on(site: Site) -> None:
    visit, elsewhere = site.as_("handler"), site.nobody()
    elsewhere.get("/login").send("/login", username="handler", password=PASSWORD)
    assert elsewhere.get("/console/").path == "/console/"
    choose(visit.get(FORM))
    assert visit.get("/console/check").path == "/console/check"
    assert elsewhere.get("/console/").path == "/login"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("短的不行", "至少 12 位"),
        ("1" + "0" * 200, "最多 200 位"),
        ("13800001234567", "不能只用数字"),
        ("abababababababab", "6 种不同的字符"),
        ("my-Handler-2026!", "不能有登录名"),
        (PASSWORD, "不能和现在的一样"),
    ],
)
def test_a_password_that_is_easily_guessed_is_not_taken(
    site: Site, chosen: str, words: str
) -> None:
    before = kept(site).password_hash
    page = choose(site.as_("handler").get(FORM), chosen=chosen, again=chosen)
    assert page.status == 422
    assert words in page.text
    assert chosen not in page.html
    assert kept(site).password_hash == before


def test_the_new_one_is_typed_twice(site: Site) -> None:
    page = choose(site.as_("handler").get(FORM), again=NEW + "。")
    assert "两次输入的新密码不一样" in page.text
    assert opened(site, PASSWORD)


def test_whoever_guesses_the_present_one_is_counted_as_at_the_door(site: Site) -> None:
    visit = site.as_("handler")
    for n in range(accounts.MAX_FAILED):
        page = choose(visit.get(FORM), present=f"guess {n}")
        assert page.status == 422
        assert "现在的密码不对" in page.text
    assert choose(visit.get(FORM)).status == 422
    assert not opened(site, PASSWORD)
    site.later(minutes=16)
    assert choose(visit.get(FORM)).path == "/console/"


def test_a_reset_meanwhile_wins(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    check = accounts.check_password

    def reset_meanwhile(stored: str | None, password: str) -> bool:
        right = check(stored, password)
        keep(site, password_hash="another")
        return right

    monkeypatch.setattr(accounts, "check_password", reset_meanwhile)
    assert choose(site.as_("handler").get(FORM)).status == 422
    assert kept(site).password_hash == "another"


def test_a_password_that_was_told_opens_nothing_but_its_own_change(site: Site) -> None:
    keep(site, password_told=True)
    visit = site.as_("handler")
    page = visit.get("/console/check?after=1")
    assert page.path == FORM
    assert "管理员设的" in page.text
    lost = visit.post("/console/desk", text="孩子在食堂吃坏了肚子")
    assert lost.status == 401
    assert "孩子在食堂吃坏了肚子" in lost.text, "what was typed when the password was reset"
    assert visit.get("/report").path == "/report"
    page = choose(page)
    assert page.path == "/console/check"
    assert not kept(site).password_told


def test_it_leads_to_no_other_site(site: Site) -> None:
    visit = site.as_("handler")
    assert choose(visit.get(f"{FORM}?next=//evil.example/")).path == "/console/"


def test_nobody_has_no_account(site: Site) -> None:
    assert site.nobody().get(FORM).path == "/login"
    answer = site.nobody().post(FORM, present=PASSWORD, chosen=NEW, again=NEW)
    assert answer.status == 401
    assert PASSWORD not in answer.html
    assert NEW not in answer.html
