"""The histories beside those of cases, as the anchors and `ledger verify` take them."""

from caseflow.escalation import accountability_record
from caseflow.escalation.accountability_tables import AccountabilityFile, AccountabilityStep
from caseflow.ledger.beside import Kind
from caseflow.publishing import circular_record
from caseflow.publishing.tables import Circular, CircularEntry

BESIDE = (
    Kind(
        *("circular", Circular, CircularEntry, CircularEntry.circular_id),
        circular_record.misfits,
    ),
    Kind(
        *("file", AccountabilityFile, AccountabilityStep, AccountabilityStep.file_id),
        accountability_record.misfits,
    ),
)
