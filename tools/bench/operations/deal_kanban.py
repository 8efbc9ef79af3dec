"""Opening the board of deals as the browser does: the cards, the bars above them, and pictures on the cards."""

import json
from base64 import b64decode

from lxml import etree

from ..operation import Side, operation
from .common import as_user

CARDS = 40  # of a column, as the web client asks for where the view says nothing else
VIEW = "crm.crm_case_kanban_view_leads"
PICTURED = "many2one_avatar"  # the widget that has the browser fetch a picture for each card


@operation(
    "deal_kanban", unit="the data of the board of all deals, as a sales manager", needs=("crm.event",), most_times=0.5
)
def make():
    return _make(_read_board)


@operation(
    "deal_kanban_pictures",
    unit="the same with the pictures on its cards",
    needs=("crm.event",),
    most_times=0.1,
)
def make_with_pictures():
    return _make(_read_board_and_pictures)


def _make(run):
    return Side(run, _prepare, loops=3), Side(run, _prepare, loops=3, elsewhere=True)


def _prepare(env):
    """The view is in the browser's cache: only what it says is needed."""
    deals = as_user(env, "maria")["crm.lead"]
    views = deals.get_views([(env.ref(VIEW).id, "kanban")])
    arch = etree.fromstring(views["views"]["kanban"]["arch"])
    fields = arch.findall(".//field")
    specification = {node.get("name"): _specify(deals._fields[node.get("name")], node) for node in fields}
    pictured = [node.get("name") for node in fields if node.get("widget") == PICTURED]
    progress = arch.find("progressbar")
    bar = {**progress.attrib, "colors": json.loads(progress.get("colors"))} if progress is not None else None
    return deals, specification, bar, pictured, int(arch.get("limit", CARDS))


def _specify(field, node):
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if field.type in ("many2many", "one2many"):
        return {"fields": {"display_name": {}, "color": {}} if "tags" in (node.get("widget") or "") else {}}
    return {}


def _read_board(prepared):
    deals, specification, bar, _pictured, limit = prepared
    domain = [("type", "=", "opportunity")]
    if bar:
        deals.read_progress_bar(domain, "stage_id", bar)
    return deals.web_read_group(
        domain,
        ["stage_id"],
        ["expected_revenue:sum"],
        auto_unfold=True,
        unfold_read_specification=specification,
        unfold_read_default_limit=limit,
    )


def _read_board_and_pictures(prepared):
    board = _read_board(prepared)
    deals, _specification, _bar, pictured, _limit = prepared
    for name in pictured:
        model = deals[name]._name
        cards = [card for group in board["groups"] for card in group.get("__records", ())]
        for record_id in {card[name]["id"] for card in cards if card.get(name)}:
            _fetch_picture(deals.env, model, record_id)
    return board


def _fetch_picture(env, model, record_id):
    """What a request for a picture reads, without its HTTP."""
    env.invalidate_all()
    return b64decode(env["ir.binary"]._find_record(res_model=model, res_id=record_id, field="avatar_128").avatar_128)
