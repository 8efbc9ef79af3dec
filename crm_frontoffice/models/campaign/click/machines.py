"""Whether a machine followed a link: scanners of mail open every link before, or while, a person sees the mail.

>>> judge("Mozilla/5.0 (Windows NT 10.0)", 60, 1)
>>> judge("Mozilla/5.0 BarracudaCentral", 60, 1), judge("", 60, 1), judge("curl/8.5", 60, 1)
('agent', 'agent', 'agent')
>>> judge("Mozilla/5.0 (Windows NT 10.0)", 60, 1, method="HEAD")
'agent'

Nobody has read a mail before it was delivered, or in the two seconds after that:

>>> judge("Mozilla/5.0", None, 1), judge("Mozilla/5.0", 1, 1)
('early', 'early')

Nobody follows three links of one mail within two seconds:

>>> judge("Mozilla/5.0", 60, 2), judge("Mozilla/5.0", 60, 3)
(None, 'burst')

A call without a request, as of an import, says nothing of an agent:

>>> judge(None, 60, 1)
"""

import re

EARLY_SECONDS = 2
BURST_SECONDS, BURST_LINKS = 2, 3
AGENTS = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|curl|wget|python-|go-http-client|java/|headless|preview|scanner|facebookexternalhit"
    r"|barracuda|mimecast|proofpoint|safelinks|symantec|messagelabs|trendmicro|fireeye|forcepoint|zscaler|cloudmark"
    r"|bitdefender|ironport|sophos|urldefense|googleimageproxy",
    re.IGNORECASE,
)


def judge(agent, seconds_after_sent, links, *, method="GET"):
    """Why a click is a machine's, or None for a person's.

    :param agent: what the browser calls itself; None when there is no browser to ask
    :param seconds_after_sent: since the mail left; None when it has not left yet
    :param links: how many links of the mail were followed within `BURST_SECONDS`, this one among them
    """
    if agent is not None and (not agent.strip() or AGENTS.search(agent) or method == "HEAD"):
        return "agent"
    if seconds_after_sent is None or seconds_after_sent < EARLY_SECONDS:
        return "early"
    return "burst" if links >= BURST_LINKS else None
