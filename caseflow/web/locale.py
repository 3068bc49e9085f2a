"""The language of a page: Simplified Chinese first, English complete; `?lang=` is remembered."""

from calendar import month_name
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache

from babel.support import NullTranslations
from flask import Flask, Response, g, has_app_context, request
from flask_babel import Babel, get_translations
from markupsafe import Markup

from caseflow import clock
from caseflow.clock import local
from caseflow.errors import Told
from caseflow.web.edge import by_machine

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE = "lang"
_YEAR = 365 * 24 * 3600
_SOURCE = NullTranslations()
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def _catalogue() -> NullTranslations:
    """Return the catalogue of this request, looked up once: a page asks for hundreds of texts."""
    found: NullTranslations
    try:
        known = g._get_current_object()  # each look through the proxy costs as much as the text
    except RuntimeError:  # outside the application
        found = get_translations()
        return found
    if "catalogue" not in known:
        known.catalogue = get_translations()
    found = known.catalogue
    return found


@lru_cache(maxsize=8192)
def _marked(catalogue: NullTranslations, text: str) -> Markup:
    return Markup(catalogue.ugettext(text) if text else "")  # noqa: S704 - written as HTML


def _in_template(text: str, **values: object) -> str:
    """Return a template's text, its named holes filled and what fills them escaped.

    As Jinja's own gettext, without the four calls that it makes for each of some hundred texts.
    """
    said = _marked(_catalogue(), text)
    return said % values if values or "%" in said else said


def gettext(text: str, **values: object) -> str:
    """Return a text in the page's language, its named holes filled."""
    if isinstance(text, Told):
        return gettext(text.text, **text.values)
    if not text:
        return ""  # under nothing a catalogue keeps the words about itself
    said = str(_catalogue().ugettext(text))
    return said % values if values else said


def happened(move: str) -> str:
    """Return a move's word as a story says it: what was done, not what can be done."""
    return str(_catalogue().upgettext("happened", move))


def done(word: str) -> str:
    """Return a word for what was done, beside the day on which it was: 拟稿 is "Drafted" there."""
    return str(_catalogue().upgettext("done", word))


def series(words: Iterable[str]) -> str:
    """Return several words as one list: a、b、c, or a, b, c."""
    return gettext("、").join(words)


def sentences(said: Iterable[str]) -> str:
    """Return several sentences as one text."""
    return (" " if chosen() == "en" else "").join(said)


def ngettext(one: str, many: str, num: int) -> str:
    """Return a text that counts `num` things, in the page's language."""
    said = str(_catalogue().ungettext(one, many, num))
    return said % {"num": num}


@contextmanager
def in_chinese() -> Iterator[None]:
    """Say everything in Chinese within: a document is, whatever the language of the page."""
    before = g.get("catalogue")
    g.catalogue, g.document = _SOURCE, True
    try:
        yield
    finally:
        g.pop("document")
        g.pop("catalogue")
        if before is not None:
            g.catalogue = before


def chosen() -> str:
    """Return `zh` or `en` for this request: asked for, remembered, or the office's Chinese."""
    known = g._get_current_object()
    if "document" in known or by_machine():
        return "zh"
    if "language" not in known:
        asked = () if by_machine() else (request.args.get("lang"), request.cookies.get(COOKIE))
        said = (*asked, "zh")
        known.language = next(one for one in said if one in LANGUAGES)
    return str(known.language)


def _selector() -> str:
    return LANGUAGES[chosen()]


def day_text(day: date) -> str:
    """Return a day as people say it: 3月6日(周五), or Fri 6 Mar; of another year with its year."""
    other = day.year != _this_year()
    if chosen() == "en":
        return f"{day:%a} {day.day} {day:%b}" + (f" {day.year}" if other else "")
    said = f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"  # not said
    return f"{day.year}年{said}" if other else said  # not said


def _this_year() -> int:
    moment = g.get("now") if has_app_context() else None
    return local(moment or clock.now()).year


def long_day_text(day: date) -> str:
    """Return a day as a letter is dated: 2026年3月6日, or 6 March 2026."""
    if chosen() == "en":
        return f"{day.day} {day:%B} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"  # not said


def month_text(n: int) -> str:
    """Return a month by its number from 1: 3 月, or March."""
    return month_name[n] if chosen() == "en" else f"{n} 月"  # not said


def moment_text(moment: datetime) -> str:
    """Return a moment in Asia/Shanghai, with the day's weekday and the minute."""
    here = local(moment)
    return f"{day_text(here.date())} {here:%H:%M}"


def _remember(response: Response) -> Response:
    said = request.args.get("lang")
    if said in LANGUAGES and not by_machine():
        response.set_cookie(COOKIE, said, max_age=_YEAR, httponly=True, samesite="Lax")
    return response


def install(app: Flask) -> None:
    """Set up gettext; the catalogue of the original language is the source itself."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(app.config["TRANSLATIONS"])
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES["zh"]
    Babel(app, locale_selector=_selector, default_timezone="Asia/Shanghai")
    app.after_request(_remember)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, num: _catalogue().ungettext(one, many, num),
        pgettext=lambda context, text: _catalogue().upgettext(context, text),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _in_template
    app.jinja_env.filters.update(day=day_text, moment=moment_text, t=gettext)

    @app.before_request
    def name_language() -> None:
        g.lang = "en" if chosen() == "en" else "zh-CN"
