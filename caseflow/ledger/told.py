"""What the history of a case tells of: what it is silent about need not be asked of the database.

Most of what can happen to a case never does. The page of a case reads its history anyway, and every
row that a verb leaves has an entry beside it (design law 3), so that a dozen statements for rows
that cannot be there are saved. A law of the tests holds the list to what the verbs do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from caseflow.db import Base
from caseflow.ledger.application_tables import Exclusion, Extension, Proposal, Withdrawal
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.report_tables import CallBack, Question, Reply
from caseflow.ledger.shelving_tables import Shelving
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Evidence, Finding

AKIN = frozenset({"merge", "take_in", "split_off", "split_from"})
"""After these, a case has or had reports, items or promises in common with another one."""

LEFT_BY: Mapping[type[Base], frozenset[str]] = {
    Assistance: frozenset({"ask_assistance"}),
    CallBack: frozenset({"call_back"}),
    Evidence: frozenset({"hand_in", "visit", "answer_assistance", "record_assistance"}),
    Exclusion: frozenset({"ask_exclusion"}),
    Extension: frozenset({"extend", "extend_case"}),
    Finding: frozenset({"find"}),
    Oversight: frozenset({"go_up"}),
    Proposal: frozenset({"propose_decline", "propose_refer"}),
    Question: frozenset({"ask", "supplement"}),
    Reply: frozenset({"answer", "answer_later", "explain", "reply"}),
    Shelving: frozenset({"ask_shelving"}),
    StepUp: frozenset({"ask_step_up"}),
    Withdrawal: frozenset({"withdraw"}),
}
"""By table, the verbs that add a row to it; of documents that come early those that a person asks
for: what an event brings is decided already, and nobody waits for it.
"""


@dataclass(frozen=True)
class Told:
    """The verbs that a case's history has, each once."""

    verbs: frozenset[str]

    @classmethod
    def by(cls, verbs: Iterable[str]) -> "Told":
        """Return what a history tells that has these verbs."""
        return cls(frozenset(verbs))

    @property
    def is_akin(self) -> bool:
        """Whether the case was ever merged or split: what hangs on it may be told elsewhere."""
        return bool(self.verbs & AKIN)

    def may_have(self, table: type[Base]) -> bool:
        """Tell whether rows of this table may hang on the case or its items."""
        return self.is_akin or bool(self.verbs & LEFT_BY[table])
