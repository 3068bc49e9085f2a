"""What the history of a case says of the row of an old ledger that it began as."""

import json

from caseflow.intake.old_ledger.headings import FIELDS
from caseflow.ledger.dossier import Happened
from caseflow.ledger.import_tables import ImportedRow
from caseflow.web.locale import gettext

_TOLD = ("number", "source", "assigned", "result", "proven", "closed", "state", "remark")


def told(entry: Happened, row: ImportedRow | None) -> str:
    """Say where the row stood, whether it was finished there, and how it was handled, in the old
    ledger's own words.
    """
    facts = entry.facts
    place = {"id": facts.get("import"), "row": facts.get("row")}
    lines = [gettext("按旧台账的记载办结")] if facts.get("as") == "closed" else []
    lines.append(gettext("第 %(id)s 次导入，第 %(row)s 行", **place))
    said = json.loads(row.said) if row else {}
    for name in _TOLD:
        if said.get(name):
            label = gettext(FIELDS[name])
            lines.append(gettext("%(label)s：%(said)s", label=label, said=said[name]))
    return "\n".join(lines)
