"""What a browser sees in a page: its forms with what stands in them, its links, its words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"input", "img", "br", "hr", "meta", "link"}
_CONTROLS = {"input", "button", "textarea", "select"}
_UNSEEN = {"script", "style", "title", "template", "option"}


@dataclass
class Form:
    """One form as it stands in the page; `fields` holds what would be sent untouched."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    id: str = ""

    def leads_to(self, action: str) -> bool:
        """Tell whether one of its buttons sends it there: by the form's action or by its own."""
        return action == self.action or action in self.others


class Reader(HTMLParser):
    """Reads one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.csrf = ""
        self._open: list[str] = []
        self._form: Form | None = None
        self._inside: Form | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select: tuple[str, list[str], list[str]] | None = None
        self._early: list[tuple[str, str]] = []

    def updatepos(self, _i: int, j: int) -> int:
        """Count no lines: nobody asks where in the file a thing stands, and counting costs."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        self._form = self._owner(said) if tag in _CONTROLS else self._form
        if tag == "form":
            self._begin(said)
        elif tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "meta" and said.get("name") == "csrf-token":
            self.csrf = said["content"]
        elif tag in ("input", "button"):
            self._control(tag, said)
        elif tag == "textarea" and said.get("name"):
            self._area = (said["name"], [])
        elif tag == "select" and said.get("name"):
            self._select = (said["name"], [], [])
        elif tag == "option" and self._select:
            self._select[1].append(said.get("value", ""))
            if "selected" in said:
                self._select[2].append(said.get("value", ""))

    def _begin(self, said: dict[str, str]) -> None:
        form = Form(
            said.get("action", ""), said.get("method", "get").lower(), id=said.get("id", "")
        )
        self._inside = self._form = form
        self.forms.append(form)

    def _owner(self, said: dict[str, str]) -> Form | None:
        """Return the form of a control: the one that it names, else the one around it."""
        if "form" not in said:
            return self._inside
        return next((form for form in self.forms if form.id == said["form"]), None)

    def close(self) -> None:
        """Give the buttons that stand before their form to it."""
        super().close()
        for name, action in self._early:
            for form in self.forms:
                if form.id == name:
                    form.others.add(action)

    def _control(self, tag: str, said: dict[str, str]) -> None:
        if self._form is None:
            if "formaction" in said:
                self._early.append((said.get("form", ""), said["formaction"]))
            return
        if "formaction" in said:
            self._form.others.add(said["formaction"])
        name, value = said.get("name", ""), said.get("value", "")
        if not name:
            return
        if name == "csrf_token":
            self.csrf = value
        self._form.names.add(name)
        kind = said.get("type", "text")
        if tag == "button" or kind == "file":
            return
        if kind in ("radio", "checkbox"):
            if "checked" in said:
                self._form.fields.setdefault(name, []).append(value or "on")
            return
        self._form.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form":
            self._form = self._inside = None
        elif tag == "textarea" and self._area:
            name, parts = self._area
            self._keep(name, "".join(parts).removeprefix("\n"))
            self._area = None
        elif tag == "select" and self._select:
            name, options, selected = self._select
            self._keep(name, (selected or options[:1] or [""])[0])
            self._select = None

    def _keep(self, name: str, value: str) -> None:
        if self._form is not None:
            self._form.names.add(name)
            self._form.fields.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)
        elif not _UNSEEN.intersection(self._open):
            self.words.append(data)


def read(html: str) -> Reader:
    """Return what a browser would find in a page."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader
