"""What the page of a case says of replies that did not arrive: which, and which were sent again."""

from collections.abc import Mapping

from caseflow.clock import local
from caseflow.ledger.report_tables import Reply
from caseflow.notices import unreachable
from caseflow.web.console.sight import Sight
from caseflow.web.locale import day_text, gettext, moment_text, sentences, series

Failed = Mapping[int, Reply]


def told(sight: Sight, failed: Failed) -> str:
    """Say to whoever may answer which replies, by report, did not arrive: of which day, or since
    when they are on their way again. Nothing where none failed.
    """
    if not failed:
        return ""
    again = unreachable.sent_again(sight.session, sight.case.id)
    still = {report: one for report, one in failed.items() if one.id not in again}
    anew = {report: one for report, one in failed.items() if one.id in again}
    if len(sight.dossier.first_reports) == 1:
        [reply] = failed.values()
        when = day_text(local(reply.at).date())
        if still:
            return gettext("上一次答复 %(when)s 未能送达，请换一种方式。", when=when)
        at = moment_text(again[reply.id])
        return gettext("上一次答复 %(when)s 未能送达，%(at)s 已重新发送。", when=when, at=at)
    said = []
    if still:
        days = {report: day_text(local(one.at).date()) for report, one in still.items()}
        which = _reports(sight, days)
        said.append(gettext("来件 %(reports)s 的答复未能送达，请换一种方式。", reports=which))
    if anew:
        moments = {report: moment_text(again[one.id]) for report, one in anew.items()}
        which = _reports(sight, moments)
        said.append(gettext("未能送达的答复已重新发送：来件 %(reports)s。", reports=which))
    return sentences(said)


def _reports(sight: Sight, when: Mapping[int, str]) -> str:
    return series(
        [
            gettext("%(what)s（%(more)s）", what=report.number, more=when[report.id])
            for report in sight.dossier.first_reports
            if report.id in when
        ]
    )


def waited_for(sight: Sight, failed: Failed) -> str:
    """Say to whoever only reads the case what becomes of the replies that did not arrive."""
    again = unreachable.sent_again(sight.session, sight.case.id)
    moments = [again[one.id] for one in failed.values() if one.id in again]
    if len(moments) < len(failed):
        return gettext("答复未能送达，等待承办人换一种方式答复。")
    return gettext("答复未能送达，%(at)s 已重新发送。", at=moment_text(max(moments)))
