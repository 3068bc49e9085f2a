"""What people do in a browser, role by role: short verbs for the walks.

Forms are filled by the names of their fields, buttons pressed as somebody would; a form that the
page does not show cannot be sent.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from caseflow.demo.pictures import picture

GOOD = ".notice-good"
SCHOOL, ITS_PEOPLE, ITS_HEAD = "临溪中学", "linxi", "linxi_head"
FOUND = {"result": "substantiated", "basis": "查看留样和采购台账，情况属实"}
_NUMBER = re.compile(r"\d{6,12}-\d{8}-\d{4,}")


@dataclass(frozen=True)
class Receipt:
    """What the reporter takes home."""

    number: str
    code: str


def put(form: Locator, **typed: object) -> None:
    """Fill fields by name, each as its kind wants it."""
    for name, value in typed.items():
        field = form.locator(f"[name={name}]")
        look = field.first.evaluate("one => one.type || one.tagName")
        if look == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        elif look == "checkbox":
            field.check()
        elif look == "file":
            field.set_input_files(str(value))
        elif look == "select-one":
            field.select_option(label=str(value))
        else:
            field.fill(str(value))


def photograph(folder: Path, number: int = 0) -> Path:
    """Write a picture somebody took, under a name that says where."""
    file = folder / f"临溪中学门口{number}.png"
    file.write_bytes(picture(number))
    return file


# The public


def report(page: Page, **typed: object) -> Receipt:
    """Report something by the form, from the front page on, and read the receipt."""
    page.goto("/")
    page.locator(".doors").get_by_role("link", name="我要反映").click()
    put(page.locator("form[action='/report']"), **typed)
    page.get_by_role("button", name="提交", exact=True).click()
    return receipt(page)


def receipt(page: Page) -> Receipt:
    """Read number and code off a receipt, the public's or the desk's."""
    shown = page.locator("#receipt .big-number")
    expect(shown).to_have_count(2)
    number, code = shown.all_inner_texts()
    assert _NUMBER.fullmatch(number)
    assert code.replace(" ", "") not in page.url
    return Receipt(number, code)


def letter(page: Page, kept: Receipt) -> Locator:
    """Come back with number and code, and return the page's text."""
    page.goto("/")
    page.locator(".doors").get_by_role("link", name="查进度").click()
    put(page.locator("form[action='/track']"), number=kept.number, code=kept.code)
    page.get_by_role("button", name="查看").click()
    expect(page.locator(".letter").first).to_be_visible()
    return page.locator("main")


# The desk


def log(page: Page, channel: str = "telephone", **typed: object) -> Receipt:
    """Take down what somebody says and read the numbers to them."""
    page.goto(f"/console/desk?channel={channel}&new=1")
    form = page.locator("#desk")
    for name, value in typed.items():  # a field shows when its forerunner was answered
        put(form, **{name: value})
    with page.expect_navigation():
        page.locator("#desk button[type=submit]").click()
    expect(page.locator(".desk-saved")).to_be_visible()
    return receipt(page)


# The office


def open_case(page: Page, number: str) -> None:
    """Find a case by a report's number, as one would: in the search box."""
    page.goto("/console/")
    page.fill("#top-q", number)
    with page.expect_navigation():
        page.press("#top-q", "Enter")
    with page.expect_navigation():
        page.locator("table.work a.title").click()
    expect(page.locator(".case-head")).to_be_visible()


def form_of(page: Page, key: str) -> Locator:
    """Unfold a move's form and return it."""
    for fold in page.locator(f"details:has(#{key}), details#{key}").all():
        if fold.get_attribute("open") is None:
            fold.locator("> summary").click()
    return page.locator(f"details#{key}")


def move(page: Page, key: str, **typed: object) -> None:
    """Make a move on the open case (`accept`, `item-1-dispatch`) and see that it was made."""
    send(page, key, **typed)
    expect(page.locator(GOOD)).to_be_visible()


def send(page: Page, key: str, **typed: object) -> None:
    """Fill a move's form and press its button, whatever comes of it."""
    form = form_of(page, key)
    put(form, **typed)
    with page.expect_navigation():
        form.locator("form button[type=submit]:not([formaction])").click()


def state(page: Page, word: str) -> None:
    """See that the open case stands in a state."""
    expect(page.locator(".case-line")).to_contain_text(word)


# A unit, an inspector


def hold(page: Page, words: str) -> None:
    """Open the item whose text begins like this from the list of what is owed."""
    page.goto("/unit/")
    with page.expect_navigation():
        page.locator(".unit-list a", has_text=words).first.click()
    expect(page.locator("h1")).to_contain_text("事项")


def sign(page: Page) -> None:
    """Sign for the open item."""
    with page.expect_navigation():
        page.get_by_role("button", name="签收").click()
    expect(page.locator(GOOD)).to_contain_text("已签收")


def does(page: Page, key: str, **typed: object) -> None:
    """Do something with the open item: `find`, `submit`."""
    send(page, f"move-{key}", **typed)
    expect(page.locator(GOOD)).to_be_visible()


def signed_off(head: Page, words: str) -> None:
    """Let the unit's responsible person sign what a colleague wrote of an item."""
    hold(head, words)
    with head.expect_navigation():
        head.get_by_role("button", name="签发").click()
    expect(head.locator(GOOD)).to_contain_text("已签发")


def hand_in(page: Page, photo: Path, **typed: object) -> None:
    """Upload a file to the open item by itself; whatever else is typed stays."""
    put(page.locator("main"), evidence=photo, **typed)
    with page.expect_navigation():
        page.get_by_role("button", name="先保存材料").click()
    expect(page.locator(GOOD)).to_contain_text("材料已上传")
