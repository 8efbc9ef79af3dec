"""What comes before the rows: people, teams, products and lists, all through the ORM, for they are few."""

from dataclasses import dataclass

from .names import LATIN_FIRST, LATIN_LAST, slug
from .parameters import CAMPAIGNS, LOST_REASONS, PRODUCTS, SOURCES, TAGS, TEAMS
from .records import Product, Seller

# Password = login. The service agents get the rights of the service desk where it is installed.
LOGINS = {
    "anna": ("Anna Walker", ("sales_team.group_sale_salesman",)),
    "boris": ("Борис Орлов", ("sales_team.group_sale_salesman_all_leads",)),
    "maria": (
        "Maria Hoffmann",
        ("sales_team.group_sale_manager", "account.group_account_invoice", "stock.group_stock_user"),
    ),
    "sven": ("Sven Lindqvist", ("crm_service_desk.group_service_desk_agent",)),
    "olga": ("Ольга Ким", ("crm_service_desk.group_service_desk_lead",)),
}
# The administrator sells as well: whoever looks around with that login finds a pipeline of his own.
SELLER_LOGINS = ("anna", "boris", "maria", "admin")
FINISHES = ("", " Black", " White", " Oak", " Grey", " Walnut", " Blue", " Green", " Steel", " Sand")


@dataclass
class MasterData:
    """The records that the story refers to, by their places in the lists of `parameters`."""

    sellers: list
    products: list
    teams: list
    stages: list
    sources: list
    mediums: list
    campaigns: list
    lost_reasons: list
    tags: list


def make_master_data(env, size, behaviour, rng):
    teams = [_named(env, "crm.team", team.name) for team in TEAMS]
    mediums = {source.medium: _named(env, "utm.medium", source.medium) for source in SOURCES}
    sellers = _make_sellers(env, size, behaviour, rng, teams)
    stages = env["crm.stage"].search([], order="sequence, id")
    won = stages.filtered("is_won")[:1]
    return MasterData(
        sellers=sellers,
        products=_make_products(env, size, rng),
        teams=[team.id for team in teams],
        stages=[*(stages - won).ids[: len(behaviour.stage_days)], won.id],
        sources=[_named(env, "utm.source", source.name).id for source in SOURCES],
        mediums=[mediums[source.medium].id for source in SOURCES],
        campaigns=[_named(env, "utm.campaign", name).id for name in CAMPAIGNS],
        lost_reasons=[_named(env, "crm.lost.reason", name).id for name, _ in LOST_REASONS],
        tags=[_named(env, "crm.tag", name).id for name, _effect in TAGS],
    )


def _named(env, model, name):
    return env[model].search([("name", "=", name)], limit=1) or env[model].create({"name": name})


def _make_sellers(env, size, behaviour, rng, teams):
    logins = dict.fromkeys(SELLER_LOGINS)
    while len(logins) < size.salespeople:
        logins[f"{slug(rng.choice(LATIN_FIRST))}.{slug(rng.choice(LATIN_LAST))}"] = None
    users = [_make_user(env, login) for login in logins]
    for login in LOGINS:
        if login not in SELLER_LOGINS:
            _make_user(env, login)
    sellers = []
    for number, user in enumerate(users):
        team = _join_team(env, user, teams, number % len(teams))
        teams[team].user_id = teams[team].user_id or user
        skill = rng.gauss(0, behaviour.win_skill_deviation)
        pace = max(0.5, rng.gauss(1, behaviour.pace_deviation))
        sellers.append(Seller(user.id, user.partner_id.id, user.email, user.name, team, skill, pace))
    return sellers


def _join_team(env, user, teams, team):
    """The number of the team that the user belongs to from now on, or did already."""
    member = env["crm.team.member"].search([("user_id", "=", user.id)], limit=1)
    if member.crm_team_id in teams:
        return teams.index(member.crm_team_id)
    env["crm.team.member"].create({"crm_team_id": teams[team].id, "user_id": user.id})
    return team


def _make_user(env, login):
    """A demo login has its login as the password; the others, who only own records, cannot log in."""
    if login == "admin":
        admin = env.ref("base.user_admin")
        admin.tz = admin.tz or "UTC"
        return admin
    name, groups = LOGINS.get(login, (login.replace(".", " ").title(), ("sales_team.group_sale_salesman",)))
    found = [env.ref(group, raise_if_not_found=False) for group in ("base.group_user", *groups)]
    values = {
        "name": name,
        "login": login,
        "email": f"{login}@northwind.example",
        "group_ids": [(4, group.id) for group in found if group],
        "notification_type": "inbox",
        "tz": "UTC",
        "odoobot_state": "disabled",
    }
    if login in LOGINS:
        values["password"] = login
    return env["res.users"].with_context(no_reset_password=True).create(values)


def make_portal_user(env, partner):
    """The login `portal` belongs to a contact of a customer."""
    values = {"login": "portal", "password": "portal", "partner_id": partner.id}
    values["group_ids"] = [(6, 0, env.ref("base.group_portal").ids)]
    return env["res.users"].with_context(no_reset_password=True).create(values)


def _make_products(env, size, rng):
    categories, values = {}, []
    for number in range(size.products):
        name, path, price, cost, kind = PRODUCTS[number % len(PRODUCTS)]
        finish = FINISHES[number // len(PRODUCTS)]
        factor = 1 + 0.06 * (number // len(PRODUCTS))
        values.append(
            {
                "name": name + finish,
                "default_code": f"P{number + 1:04d}",
                "categ_id": _category(env, path, categories).id,
                "type": "service" if kind == "service" else "consu",
                "is_storable": kind == "goods",
                "invoice_policy": "order",
                # Whole multiples of four, see PRODUCTS.
                "list_price": round(price * factor / 4) * 4,
                "standard_price": round(cost * factor),
            }
        )
    ranks = rng.sample(range(len(values)), len(values))
    return [
        Product(
            product.id, product.display_name, product.categ_id.complete_name, int(product.list_price),
            int(product.standard_price), product.is_storable, (rank + 1) ** -0.7,
        )
        for product, rank in zip(env["product.product"].create(values), ranks, strict=True)
    ]  # fmt: skip


def _category(env, path, known):
    parent = env["product.category"]
    for name in path.split(" / "):
        key = (parent.id, name)
        if key not in known:
            domain = [("name", "=", name), ("parent_id", "=", parent.id)]
            known[key] = env["product.category"].search(domain, limit=1) or parent.create(
                {"name": name, "parent_id": parent.id}
            )
        parent = known[key]
    return parent
