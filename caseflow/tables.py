"""Every table module, so that Alembic, tests and commands see one and the same metadata."""

import caseflow.deadlines.tables
import caseflow.escalation.accountability_tables
import caseflow.escalation.tables
import caseflow.files.tables
import caseflow.intake.call_tables
import caseflow.intake.mail_tables
import caseflow.intake.tables
import caseflow.intake.text_tables
import caseflow.ledger.application_tables
import caseflow.ledger.assistance_tables
import caseflow.ledger.handed_tables
import caseflow.ledger.history_tables
import caseflow.ledger.import_tables
import caseflow.ledger.oversight_tables
import caseflow.ledger.report_tables
import caseflow.ledger.review_tables
import caseflow.ledger.shelving_tables
import caseflow.ledger.signature_tables
import caseflow.ledger.sketch_tables
import caseflow.ledger.split_tables
import caseflow.ledger.step_up_tables
import caseflow.ledger.tables
import caseflow.ledger.visit_tables
import caseflow.notices.sms_tables
import caseflow.outbox.tables
import caseflow.people.office_tables
import caseflow.people.tables
import caseflow.people.token_tables
import caseflow.publishing.tables
import caseflow.vault.tables  # noqa: F401
from caseflow.db import Base

metadata = Base.metadata
