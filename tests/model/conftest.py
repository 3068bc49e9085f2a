"""The stage that the stories are told on: a migrated database with the small office in it."""

from tests.ledger.conftest import stage

__all__ = ["stage"]
