"""The ledger (线索处置台账): reports, cases, items, findings, evidence, history and the moves."""
