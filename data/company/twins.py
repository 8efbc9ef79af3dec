"""Known duplicates, and those who only look like it: how the same customer comes in a second time.

Written from how duplicates arise, not from how they are found: each clerk, form and import keeps some of the facts and
writes them in its own way. A row is a dict with `name`, `is_company`, `email`, `phone`, `vat`, `street`, `zip`, `city`.
"""

from . import names

SLAVIC = (
    {"й": "y", "х": "kh", "ц": "ts", "я": "ya", "ю": "yu", "ё": "yo", "ж": "zh", "щ": "shch", "ч": "ch", "ш": "sh"},
    {"й": "i", "х": "h", "ц": "c", "я": "ia", "ю": "iu", "ё": "e", "ж": "zh", "щ": "sch", "ч": "ch", "ш": "sh"},
    {"й": "j", "х": "ch", "ц": "c", "я": "ja", "ю": "ju", "ё": "jo", "ж": "z", "щ": "sc", "ч": "c", "ш": "s"},
)
PLAIN = dict(zip("абвгдезиклмнопрстуфыэ", "abvgdeziklmnoprstufye", strict=True)) | {"ъ": "", "ь": ""}
FORMS = ("Inc.", "LLC", "Ltd", "GmbH", "AG", "ООО", "АО", "ТОО")
KEYBOARD = "qwertyuiopasdfghjklzxcvbnm"
PATRONYMICS = ("Иванович", "Петрович", "Сергеевна", "Алексеевна")
WEIGHTS = {"email": 0.6, "phone": 0.7, "address": 0.6, "vat": 0.5}


def make_twin(row, rng):
    """The same customer once more: at least two facts survive, or one that belongs to him alone."""
    kept = {fact for fact, weight in WEIGHTS.items() if rng.random() < weight and row.get(_column(fact))}
    if not kept & {"email", "vat"} and len(kept) < 1:
        kept = {fact for fact in WEIGHTS if row.get(_column(fact))}
    twin = {"name": _rewrite_name(row, rng), "is_company": row["is_company"]}
    if "email" in kept:
        twin["email"] = rng.choice((row["email"], row["email"].upper(), f" {row['email']}"))
    if "phone" in kept:
        twin["phone"] = _rewrite_phone(row["phone"], rng)
    if "vat" in kept:
        twin["vat"] = rng.choice((row["vat"], " ".join((row["vat"][:4], row["vat"][4:]))))
    if "address" in kept:
        twin |= {"street": _rewrite_street(row["street"], rng), "zip": row["zip"], "city": row["city"]}
    return twin


def make_lookalike(row, rng):
    """Somebody else who shares something: household, colleague, namesake, branch, neighbour in the same house."""
    cyrillic = names.is_cyrillic(row["name"])
    country = next(found for found in names.COUNTRIES if found.cyrillic == cyrillic)
    number = f"+{rng.randrange(10**10, 10**11)}"
    if row["is_company"]:
        kind = rng.choice(("branch", "neighbour", "namesake"))
        if kind == "neighbour":
            return {**row, "name": names.company_name(rng, country) + " plus", "email": "", "phone": number, "vat": ""}
        city, code = rng.choice(country.cities)
        email = row["email"] if kind == "branch" else f"office{rng.randrange(10**6)}@namesake.example"
        vat = f"{rng.randrange(10**9, 10**10)}"
        place = {"street": names.street(rng, country), "city": city, "zip": code, "phone": number, "vat": vat}
        suffix = f" {city}" if kind == "branch" else ""
        return {**row, "name": row["name"] + suffix, "email": email, **place}
    kind = rng.choice(("household", "colleague", "namesake"))
    if kind == "namesake":
        street = names.street(rng, country)
        return {**row, "email": f"other{rng.randrange(10**6)}@else.example", "phone": number, "street": street}
    first, last = row["name"].split(" ", 1)
    given = names.CYRILLIC_FIRST if cyrillic else names.LATIN_FIRST
    other = rng.choice([name for name in given if name[:2] != first[:2]])
    if kind == "household":
        return {**row, "name": f"{other} {last}", "email": ""}
    return {**row, "name": names.person_name(rng, cyrillic).replace(first, other).replace(last, "Rybakov"),
            "email": f"info@{row['email'].split('@')[1]}"}  # fmt: skip


def make_stranger(rng):
    """A customer whom nobody knows; his phone number is from the whole range, as in life."""
    country = rng.choice(names.COUNTRIES)
    is_company = rng.random() < 0.4
    name = names.company_name(rng, country) if is_company else names.person_name(rng, country.cyrillic)
    city, code = rng.choice(country.cities)
    return {
        "name": name, "is_company": is_company, "email": f"{names.slug(name)}{rng.randrange(10**7)}@new.example",
        "phone": f"+{rng.randrange(10**10, 10**11)}", "vat": "", "street": names.street(rng, country), "city": city,
        "zip": code,
    }  # fmt: skip


def _column(fact):
    return {"address": "street"}.get(fact, fact)


def _rewrite_name(row, rng):
    """Typed from hearing or from a card: other order, other alphabet, a slip, capitals, without the legal form."""
    name = row["name"]
    if row["is_company"]:
        if rng.random() < 0.5:
            name = " ".join(word for word in name.split() if word not in FORMS)
        elif names.is_cyrillic(name) and rng.random() < 0.5:
            form, _space, rest = name.partition(" ")
            name = rng.choice((f"{form} «{rest}»", f"{rest}, {form}"))
    else:
        words = name.split()
        if rng.random() < 0.4:
            words.reverse()
        if names.is_cyrillic(name) and rng.random() < 0.15:
            words.append(rng.choice(PATRONYMICS))
        elif rng.random() < 0.05:
            words[0] = words[0][0] + "."
        name = " ".join(words)
    if names.is_cyrillic(name) and rng.random() < 0.3:
        name = _to_latin(name, rng.choice(SLAVIC))
    if rng.random() < 0.2:
        name = _slip(name, rng)
    return rng.choice((name, name, name.upper(), name.lower()))


def _to_latin(text, scheme):
    table = PLAIN | scheme
    return "".join(
        table.get(char.lower(), char).capitalize() if char.isupper() else table.get(char, char) for char in text
    )


def _slip(name, rng):
    """One letter wrong, left out, doubled or swapped, never the first one of a word."""
    places = [place for place in range(1, len(name) - 1) if name[place].isalpha() and name[place - 1].isalpha()]
    if not places:
        return name
    place = rng.choice(places)
    before, char, after = name[:place], name[place], name[place + 1 :]
    kind = rng.randrange(4)
    if kind == 0:
        return before + (rng.choice(KEYBOARD) if char.isascii() else rng.choice("оаеинтсрвл")) + after
    if kind == 1:
        return before + after
    if kind == 2:
        return before + char + char + after
    return before + after[:1] + char + after[1:]


def _rewrite_phone(phone, rng):
    digits = "".join(char for char in phone if char.isdigit())
    local = digits[1:] if digits[0] in "17" else digits[2:]
    national = ("8" if digits[0] == "7" else "" if digits[0] == "1" else "0") + local
    return rng.choice((phone, f"+{digits}", f"00{digits}", national, f"({national[:4]}) {national[4:]}"))


def _rewrite_street(street, rng):
    changed = street.replace("Street", "St.").replace("Avenue", "Ave").replace("Road", "Rd").replace("straße", "str.")
    changed = changed.replace("ул. ", "улица ").replace("пр. ", "проспект ").replace(" ул.", " улица")
    return rng.choice((street, changed, changed.upper()))
