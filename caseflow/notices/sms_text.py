"""What a text message to a reporter says: number, what to do, by when, where; nothing of a case."""

from caseflow.notices.render import CODE, Words, catalogue, due_text


def receipt(words: Words, locale: str) -> str:
    """Return the receipt for whoever wrote in; the code is put in as it is sent."""
    say = catalogue(locale).gettext
    known = {"number": words.number, "code": CODE, "link": words.link}
    said = [
        say("来件已收到，编号 %(number)s，查询码 %(code)s，请勿转给别人。") % known,
        say("查看进展、补充情况：%(link)s 。") % known,
    ]
    if words.due is not None:
        due = due_text(words.due, locale)
        said.append(say("是否受理，将在 %(due)s 前告知。") % {"due": due})
    return _joined([*said, say("不再收短信请回TD。")], locale)


def to_reporter(words: Words, locale: str) -> str:
    """Return the message that there is news, or a question, and where to see it."""
    say = catalogue(locale).gettext
    known = {"number": words.number, "link": words.link, "letter": words.letter}
    news = "编号 %(number)s 有新进展。"
    if words.rule == "question":
        news = "编号 %(number)s 有问题请您回答。"
    elif words.letter:
        news = "编号 %(letter)s 的来件分两件办理，另一件的编号是 %(number)s，查询码不变。"
    said = [say(news) % known]
    if words.due is not None:
        said.append(say("请在 %(due)s 前回复。") % {"due": due_text(words.due, locale)})
    said.append(say("凭编号和查询码查看：%(link)s") % known)
    return _joined(said, locale)


def _joined(said: list[str], locale: str) -> str:
    return (" " if locale == "en" else "").join(said)
