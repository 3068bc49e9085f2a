"""How many text messages a text is (GSM 03.38, 3GPP TS 23.038 and 23.040). Pure.

Within the alphabet of GSM 160 characters fit into one, 153 into each of several; outside of it, as
Chinese is, 70 and 67 units of UTF-16. Nothing that belongs together is parted between two: neither
the two units of a character outside the basic plane (𠮷, an emoji) nor an escaped one (€).
"""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "\f^{}\\[~]|€"
_COST = dict.fromkeys(_BASIC, 1) | dict.fromkeys(_EXTENDED, 2)
GSM = (160, 153)
UCS2 = (70, 67)


def segments(text: str) -> int:
    """Return how many text messages a text is sent as; an empty one is one."""
    costs = [_COST.get(character, 0) for character in text]
    whole, part = GSM if all(costs) else UCS2
    if not all(costs):
        costs = [2 if character > "\uffff" else 1 for character in text]
    if sum(costs) <= whole:
        return 1
    number, room = 1, part
    for cost in costs:
        if cost > room:
            number, room = number + 1, part
        room -= cost
    return number


def fitting(text: str, most: int) -> str:
    """Return a text that is at most `most` text messages, cut at its end where it is more."""
    if segments(text) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if segments(text[:middle] + "…") <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low] + "…"
