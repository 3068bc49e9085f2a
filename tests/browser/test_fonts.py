"""Paper with the fonts that this group of tests brings to the machine."""

from dataclasses import replace

from caseflow.adapters.typst import Typst
from caseflow.app import FONTS
from tests.pure.test_paper import AT, ORDER


def test_the_fonts_of_the_machine_stand_behind_ours() -> None:
    rare = replace(ORDER, lines=["𠮷"])
    whole, ours = Typst(FONTS), Typst(FONTS, of_machine=False)
    assert "Noto Serif CJK SC" in whole.families
    assert whole.pdf(rare, AT) != ours.pdf(rare, AT)
    assert whole.pdf(ORDER, AT) == ours.pdf(ORDER, AT), "our own font comes first"
