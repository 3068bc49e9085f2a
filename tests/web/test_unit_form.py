"""A unit's one form: the files alone or with the words, and whatever was typed is given back."""

from tests.web.site import Site, a_file
from tests.web.test_unit import at, dispatched, open_item, rectifying, signed, state


def test_files_can_be_saved_first_and_the_words_wait_in_the_same_form(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id)
    assert page.form(at(item_id, "evidence")) is page.form(at(item_id, "submit"))
    page = page.send(
        at(item_id, "evidence"), evidence=[a_file()], note="冷柜", done="已更换冷柜\n并消毒"
    )
    assert (page.status, state(site, item_id)) == (200, "rectifying")
    assert "您写的还在，还没有提交" in page.text
    assert "第 1 份" in page.text
    form = page.form(at(item_id, "submit"))
    assert (form.fields["done"], form.fields["note"]) == (["已更换冷柜\n并消毒"], [""])
    page = page.send(at(item_id, "submit"))
    assert (page.status, state(site, item_id)) == (200, "submitted")
    assert "已更换冷柜" in page.text


def test_a_finding_is_not_lost_when_its_files_are_saved_first_or_cannot_be(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    words = {"result": "partly", "basis": "看了留样"}
    refused = page.send(at(item_id, "evidence"), evidence=[a_file("空.png", b"")], **words)
    assert refused.status == 422
    page = refused.send(at(item_id, "evidence"), evidence=[a_file()])
    form = page.form(at(item_id, "find"))
    assert {name: form.fields[name] for name in words} == {k: [v] for k, v in words.items()}
    page.send(at(item_id, "find"))
    assert state(site, item_id) == "rectifying"


def test_what_was_written_for_a_form_that_is_gone_is_still_shown(site: Site) -> None:
    item_id = dispatched(site)
    before = signed(site, item_id)
    before.send(at(item_id, "find"), result="partly", basis="同事先写的")
    page = before.send(
        at(item_id, "evidence"), evidence=[a_file()], result="unverifiable", basis="我写的依据"
    )
    assert page.status == 409
    assert "您刚才写的 无法查实 我写的依据" in page.text


def test_what_the_page_guessed_itself_is_nobodys_words(site: Site) -> None:
    item_id = dispatched(site, "tip", "academy", inspector=True, unit=site.office.units["school"])
    page = signed(site, item_id, "inspector")
    assert page.form(at(item_id, "find")).fields["rectifying_unit"] == ["测试academy"]
    page = page.send(at(item_id, "evidence"), evidence=[a_file()])
    assert (page.path, "您写的还在" in page.text) == (at(item_id), False)
    page = page.send(at(item_id, "evidence"), evidence=[a_file()], rectifying_unit="别的")
    assert page.form(at(item_id, "find")).fields["rectifying_unit"] == ["别的"]


def test_an_objection_belongs_to_the_same_form_and_loses_nothing_either(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    assert page.form(at(item_id, "object")) is page.form(at(item_id, "find"))
    page = page.send(at(item_id, "object"), reason="", basis="看了一半")
    assert page.status == 422
    page = page.send(at(item_id, "evidence"), evidence=[a_file()], reason="归区里管")
    fields = page.form(at(item_id, "find")).fields
    assert (fields["basis"], fields["reason"]) == (["看了一半"], ["归区里管"])
    page = page.send(at(item_id, "object"))
    assert (page.status, state(site, item_id)) == (200, "objected")
    assert "您刚才写的 看了一半" in page.text
