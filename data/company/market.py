"""The customers: who they are, and the hidden rate and dropout by which each of them buys."""

import itertools

from . import names
from .parameters import PERSON, SEGMENTS
from .records import Contact, Customer


def make_customers(size, behaviour, rng, first_id, categories):
    """Companies with their contacts and private people, as a shuffled list; ids follow one another from `first_id`."""
    ids = itertools.count(first_id)
    taken = {}
    customers = [_company(next(ids), behaviour, rng, categories, taken) for _ in range(size.companies)]
    customers += [_person(next(ids), behaviour, rng, categories) for _ in range(size.people)]
    companies = customers[: size.companies]
    # Every company has somebody to talk to while there are enough; the rest gather where chance puts them.
    hosts = itertools.chain(companies, iter(lambda: rng.choice(companies), None))
    for _, company in zip(range(size.contacts), hosts, strict=False):
        company.contacts.append(_contact(next(ids), company, rng))
    giant = customers[0]
    giant.segment = next(segment for segment in SEGMENTS if segment.name == "large")
    rng.shuffle(customers)
    return customers, giant


def _company(number, behaviour, rng, categories, taken):
    country = _draw(rng, names.COUNTRIES)
    name = names.company_name(rng, country)
    taken[name] = taken.get(name, 0) + 1
    if taken[name] > 1:
        name = f"{name} {taken[name]}"
    email = f"info@{names.slug(name)}.example"
    return Customer(
        number, name, True, country, _draw(rng, SEGMENTS), email, **_address(rng, country),
        **_habits(rng, behaviour, categories),
    )  # fmt: skip


def _person(number, behaviour, rng, categories):
    country = _draw(rng, names.COUNTRIES)
    name = names.person_name(rng, country.cyrillic)
    email = f"{names.slug(name)}{number}@home.example"
    return Customer(
        number, name, False, country, PERSON, email, **_address(rng, country), **_habits(rng, behaviour, categories)
    )


def _contact(number, company, rng):
    cyrillic = company.country.cyrillic
    name = names.person_name(rng, cyrillic)
    email = f"{names.slug(name)}@{company.email.split('@')[1]}"
    function = rng.choice(names.FUNCTIONS_CYRILLIC if cyrillic else names.FUNCTIONS)
    return Contact(number, name, email, names.phone_number(rng, company.country), function)


def _address(rng, country):
    city, code = rng.choice(country.cities)
    return {"phone": names.phone_number(rng, country), "street": names.street(rng, country), "city": city, "zip": code}


def _habits(rng, behaviour, categories):
    payers, weights = zip(*behaviour.payer_weights, strict=True)
    return {
        "payer": rng.choices(payers, weights)[0],
        "purchase_rate": rng.gammavariate(behaviour.purchase_shape, behaviour.purchase_scale),
        "dropout": rng.betavariate(behaviour.dropout_a, behaviour.dropout_b),
        "favourites": tuple(rng.sample(categories, 2)),
    }


def _draw(rng, options):
    return rng.choices(options, [option.weight for option in options])[0]
