"""Every scene and every fault, gathered from the modules of their subjects."""

from tests.ledger import (
    faults,
    faults_of_assisting,
    faults_of_endings,
    faults_of_excluding,
    faults_of_merging,
    faults_of_orders,
    faults_of_oversight,
    faults_of_passing,
    faults_of_reviews,
    faults_of_rules,
    faults_of_shelving,
    faults_of_signing,
    faults_of_stepping,
    faults_of_triage,
    faults_of_visits,
    scenes_of_assisting,
    scenes_of_endings,
    scenes_of_excluding,
    scenes_of_orders,
    scenes_of_oversight,
    scenes_of_passing,
    scenes_of_reviews,
    scenes_of_rules,
    scenes_of_shelving,
    scenes_of_signing,
    scenes_of_stepping,
    scenes_of_visits,
)

SCENES = tuple(
    dict.fromkeys(
        (
            *scenes_of_assisting.SCENES,
            *scenes_of_endings.SCENES,
            *scenes_of_excluding.SCENES,
            *scenes_of_orders.SCENES,
            *scenes_of_oversight.SCENES,
            *scenes_of_passing.SCENES,
            *scenes_of_reviews.SCENES,
            *scenes_of_rules.SCENES,
            *scenes_of_shelving.SCENES,
            *scenes_of_signing.SCENES,
            *scenes_of_stepping.SCENES,
            *scenes_of_visits.SCENES,
        )
    )
)
FAULTS = {
    **faults.FAULTS,
    **faults_of_assisting.FAULTS,
    **faults_of_endings.FAULTS,
    **faults_of_excluding.FAULTS,
    **faults_of_merging.FAULTS,
    **faults_of_orders.FAULTS,
    **faults_of_oversight.FAULTS,
    **faults_of_passing.FAULTS,
    **faults_of_reviews.FAULTS,
    **faults_of_rules.FAULTS,
    **faults_of_shelving.FAULTS,
    **faults_of_triage.FAULTS,
    **faults_of_signing.FAULTS,
    **faults_of_stepping.FAULTS,
    **faults_of_visits.FAULTS,
}
