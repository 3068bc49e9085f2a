"""The office's pages: work list, case, check list, orders. One file a subject.

The desk and the administrators' pages are blueprints of their own beside this one.
"""

from caseflow.web.console import (
    assisting_moves,
    back_moves,
    case_file,
    case_moves,
    case_page,
    check_list,
    circular_moves,
    circular_pages,
    evidence,
    exclusion_moves,
    figure_pages,
    inquiry_moves,
    inquiry_pages,
    item_moves,
    order_moves,
    order_pages,
    oversight_moves,
    passing_pages,
    reporter,
    review_moves,
    same_pages,
    shelving_moves,
    splitting_moves,
    step_up_moves,
    triage_moves,
    visit_pages,
    work_list,
)
from caseflow.web.console.frame import blueprint

PAGES = (
    assisting_moves,
    back_moves,
    case_file,
    case_moves,
    case_page,
    check_list,
    circular_moves,
    circular_pages,
    evidence,
    exclusion_moves,
    figure_pages,
    inquiry_moves,
    inquiry_pages,
    item_moves,
    order_moves,
    order_pages,
    oversight_moves,
    passing_pages,
    reporter,
    review_moves,
    same_pages,
    shelving_moves,
    splitting_moves,
    step_up_moves,
    triage_moves,
    visit_pages,
    work_list,
)

__all__ = ["PAGES", "blueprint"]
