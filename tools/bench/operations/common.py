"""What several operations need."""

OUR_ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")


def as_user(env, login):
    """The environment of a person of the generated company."""
    user = env["res.users"].search([("login", "=", login)])
    if not user:
        raise ValueError(f"There is no user {login}: the benchmark runs on a company made by data/generate.py.")
    return env(user=user.id, context={"lang": "en_US", "tz": "UTC", "allowed_company_ids": user.company_id.ids})


def is_ours(field):
    return field._module in OUR_ADDONS
