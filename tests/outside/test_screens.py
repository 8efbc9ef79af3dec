"""`views/screens.csv`: each screen opens in Chromium for its roles, shows what it must, and keeps its query budget.

`make screens` takes the pictures in `views/screens/` anew.
"""

import csv
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from company_server import CompanyServer
from playwright.sync_api import sync_playwright

VIEWS = Path(__file__).resolve().parents[2] / "views"
PICTURES = VIEWS / "screens"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Requests for the screen's own data; what the frame around it asks for (menus, messages) is the same everywhere.
DATA_PATHS = ("/web/dataset/", "/my", "/spreadsheet/")
PATIENCE = 30_000  # milliseconds, on a busy machine


def screens():
    with open(VIEWS / "screens.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cases():
    return [pytest.param(row, role, id=f"{row['screen']}-{role}") for row in screens() for role in row["roles"].split()]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with CompanyServer(tmp_path_factory.mktemp("screens")) as server:
        yield server


def fill_deal(call, deal):
    """What belongs to a deal: products, people, a competitor."""
    products = call("product.product", "search", [("sale_ok", "=", True), ("is_storable", "=", True)], limit=2)
    people = call("res.partner", "search", [("is_company", "=", False), ("parent_id", "!=", False)], limit=2)
    rival = call("res.partner", "search", [("is_company", "=", True)], limit=1)
    roles = call("crm.contact.role", "search", [], limit=2)
    rows = {
        "line_ids": [{"product_id": product, "quantity": 3} for product in products],
        "contact_ids": [
            {"partner_id": person, "role_id": role, "influence": "3", "attitude": "for"}
            for person, role in zip(people, roles, strict=True)
        ],
        "competitor_ids": [{"partner_id": rival[0], "strengths": "Cheaper", "weaknesses": "Delivers late"}],
    }
    call("crm.lead", "write", [deal], {name: [(0, 0, values) for values in some] for name, some in rows.items()})


def fill_campaigns(call):
    """A segment, a campaign and a journey with customers in it; gives their ids."""
    riga = {"kind": "partner", "partner_domain": "[('country_id.code', '=', 'DE')]"}
    bought = {"kind": "purchase", "measure": "amount", "value": 1000, "days": 365}
    group = {"kind": "group", "match": "any", "child_ids": [(0, 0, riga), (0, 0, {**bought, "value": 5000})]}
    values = {"name": "Good customers", "condition_ids": [(0, 0, bought), (0, 0, group)]}
    [segment] = call("crm.segment", "create", [values])
    call("crm.segment", "action_refresh", [segment])
    [maria] = call("res.users", "search", [("login", "=", "maria")])
    call("res.users", "write", [maria], {"email": "maria@company.example"})
    campaign = _fill_campaign(call, maria, segment)
    values = {"name": "Welcome new customers", "user_id": maria, "campaign_id": campaign}
    [journey] = call("crm.journey", "create", [values])
    version = call("crm.journey", "read", [journey], ["draft_id"])[0]["draft_id"][0]

    def put(kind, after, way, **changes):
        step = call("crm.journey.version", "insert_step", [version], kind, after, way)
        call("crm.journey.step", "write", [step], changes)
        return step

    mail = put("email", False, "next", name="Welcome")
    call("crm.journey.step", "action_write_message", [mail])
    wait = put("wait", mail, "next", name="Time to read", wait_kind="until", wait_number=3, message_step_id=mail)
    branch = put("branch", wait, "other", name="Good customer?", condition_kind="segment", segment_id=segment)
    put("coupon", wait, "next", name="Thank you", program_id=_get_program(call))
    put("activity", branch, "next", name="Call", summary="Say hello")
    put("exit", branch, "other", name="That is all")
    call("crm.journey", "action_start", [journey])
    customers = call("res.partner", "search", [("is_company", "=", True), ("email", "!=", False)], limit=40)
    call("crm.journey", "enrol", [journey], customers)
    form = _fill_form(call, campaign, journey)
    _divide_revenue(call)
    return {"segment": segment, "journey": journey, "campaign": campaign, "form": form}


def _fill_form(call, campaign, journey):
    [news] = call("crm.consent.purpose", "search", [("code", "=", "news")])
    fields = [
        ("company_name", "Company", False),
        ("phone", "Phone", False),
        ("message", "What are you looking for?", True),
    ]
    values = {
        "name": "Ask for the new catalogue",
        "code": "catalogue",
        "intro": "<p>Forty pages of chairs and tables, by post or by mail.</p>",
        "thanks": "<p>The catalogue is on its way.</p>",
        "campaign_id": campaign,
        "journey_id": journey,
        "purpose_id": news,
        "field_ids": [(0, 0, {"kind": kind, "name": name, "is_required": needed}) for kind, name, needed in fields],
    }
    return call("crm.landing.form", "create", [values])[0]


def _divide_revenue(call):
    crons = call("ir.cron", "search", [("model_id.model", "in", ["crm.attribution", "crm.engagement"])])
    for cron in crons:
        call("ir.cron", "method_direct_trigger", [cron])


def _fill_campaign(call, user, segment):
    """A campaign that runs since the beginning of the month, with money and targets."""
    today = datetime.now(UTC).date()
    month = today.replace(day=1).isoformat()
    values = {
        "title": "New chairs",
        "plan_state": "running",
        "user_id": user,
        "date_start": month,
        "date_end": (today + timedelta(days=30)).isoformat(),
        "segment_ids": [(6, 0, [segment])],
        "message": "Come and try the new chairs; whoever orders at the fair saves the freight.",
        "budget_ids": [
            (0, 0, {"channel": channel, "month": month, "amount": amount})
            for channel, amount in (("event", 4000), ("ads", 1500), ("email", 100))
        ],
        "cost_ids": [(0, 0, {"name": "Stand at the fair", "channel": "event", "amount": 3850})],
        "target_ids": [
            (0, 0, {"measure": measure, "planned": planned})
            for measure, planned in (("contacts", 500), ("leads", 40), ("revenue", 60000))
        ],
    }
    [campaign] = call("utm.campaign", "create", [values])
    deals = call("crm.lead", "search", [("won_status", "=", "pending")], limit=12)
    call("crm.lead", "write", deals, {"campaign_id": campaign})
    return campaign


def _get_program(call):
    found = call("loyalty.program", "search", [], limit=1)
    return (found or call("loyalty.program", "create", [{"name": "Welcome", "program_type": "coupons"}]))[0]


@pytest.fixture(scope="module")
def places(company):
    """Records that the paths of the screens name."""
    call = company.connect("admin")
    groups = call("crm.event", "formatted_read_group", [("commercial_partner_id.is_company", "=", True)],
                  ["commercial_partner_id"], ["__count"], order="__count desc", limit=1)  # fmt: skip
    anna = call("res.users", "search", [("login", "=", "anna")])[0]
    deal = call("crm.lead", "search", [("user_id", "=", anna), ("won_status", "=", "pending")], limit=1)
    fill_deal(call, deal[0])
    campaigns = fill_campaigns(call)
    ticket = call("service.ticket", "search", [("date_closed", "=", False)], limit=1)
    portal_partner = call("res.users", "search_read", [("login", "=", "portal")], ["partner_id"])[0]["partner_id"][0]
    own_ticket = call("service.ticket", "search", [("partner_id", "=", portal_partner)], limit=1)
    return {
        "customer": groups[0]["commercial_partner_id"][0],
        "deal": deal[0],
        "ticket": ticket[0],
        "own_ticket": own_ticket[0],
        **campaigns,
    }


@pytest.fixture(scope="module")
def browser():
    path = next(path for name in BROWSERS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def login(company, browser):
    """A function that gives a page where a role is logged in; each role logs in once."""
    contexts = {}

    def log_in(role):
        if role not in contexts:
            contexts[role] = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
            page = contexts[role].new_page()
            page.goto(f"{company.url}/web/login")
            page.fill("input[name=login]", role)
            page.fill("input[name=password]", role)
            page.click("button[type=submit]")
            page.wait_for_selector(".o_web_client, .o_portal_wrap, .o_portal, main", timeout=3 * PATIENCE)
            page.close()
        return contexts[role].new_page()

    yield log_in
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize(("row", "role"), cases())
def test_screen(row, role, company, places, login, request):
    page, complaints = login(role), []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("response", lambda response: response.status >= 400 and complaints.append(response.url))
    path = company.url + row["path"].format(**places)
    for _visit in ("fills the caches of views and access rules", "counts"):
        mark = company.mark()
        page.goto(path)
        page.wait_for_selector(row["wait_for"], timeout=PATIENCE)
        page.wait_for_timeout(700)
    text = page.inner_text("body")
    missing = [part for part in row["must_show"].split("|") if part not in text]
    if request.config.getoption("--retake-screens"):
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{row['screen']}-{role}.png")
    dialogs = page.locator(".o_error_dialog").count()
    page.close()
    spent = [found for found in company.requests_since(mark) if found[1].startswith(DATA_PATHS)]
    assert not missing, f"{missing} are not on the screen"
    assert not complaints
    assert not dialogs
    assert sum(found[3] for found in spent) <= int(row["queries"]), spent


def test_gallery_has_a_picture_of_every_screen():
    wanted = {f"{row['screen']}-{role}.png" for row in screens() for role in row["roles"].split()}
    assert wanted == set(os.listdir(PICTURES))
