"""What customers are recognised by: keys that duplicates share, and the profile that is compared; no ORM here."""

import hashlib
import re
from typing import NamedTuple

from .match_names import name_words, skeleton, sound

FREE_OF_DOTS = frozenset({"gmail.com", "googlemail.com"})
ROLES = frozenset(
    {
        *("info", "office", "mail", "post", "sales", "support", "admin", "contact", "contacts", "hello", "hallo"),
        *("kontakt", "zakaz", "order", "orders", "buh", "reception", "service", "help", "team", "company", "marketing"),
        *("hr", "job", "jobs", "accounting", "invoice", "billing", "zakupki"),
    }
)
STREET_WORDS = frozenset(
    map(
        sound,
        (
            *("ул", "улица", "пр", "просп", "проспект", "пер", "переулок", "ш", "шоссе", "пл", "площадь", "б", "бул"),
            *("бульвар", "наб", "д", "дом", "кв", "оф", "офис", "корп", "к", "стр"),
            *("street", "st", "str", "strasse", "straße", "road", "rd", "avenue", "ave", "lane", "ln", "drive", "dr"),
            *("boulevard", "blvd", "square", "sq", "way", "house", "apt", "apartment", "suite", "floor", "unit", "no"),
        ),
    )
)
STREET_ENDING = re.compile(r"(?<=\w\w)(?:strasse|str)$")
NUMBER = re.compile(r"\d+")
PART = re.compile(r"\d+|[^\W\d_]+")
NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
COUNTRY_PREFIX = re.compile(r"^[A-Z]{2}(?=\d)")
PHONE_TAIL, PHONE_MOST = 9, 10  # digits without the country's and the trunk prefix, which are written or not
MOST_WORDS = 3  # of a name that are combined with phone and address


class Address(NamedTuple):
    place: str  # postal code, or how the city sounds
    house: str
    words: frozenset


class Profile(NamedTuple):
    """What is compared; empty where nothing is known."""

    name: tuple
    email: str
    phone: str
    tax: str
    address: Address | None
    is_company: bool | None

    @property
    def is_role_email(self):
        return self.email.partition("@")[0] in ROLES


def normalize_email(text):
    """
    >>> normalize_email(" Anna.K+news@GMail.com "), normalize_email("Anna.K@Acme.example"), normalize_email("no mail")
    ('annak@gmail.com', 'anna.k@acme.example', '')
    >>> normalize_email('"Anna" <anna@acme.example>')
    'anna@acme.example'
    """
    text = (text or "").strip().lower()
    if "<" in text:
        text = text.rpartition("<")[2].rstrip("> ")
    local, at, domain = text.partition("@")
    local = local.partition("+")[0]
    if not at or not local or "." not in domain or " " in text:
        return ""
    return f"{local.replace('.', '') if domain in FREE_OF_DOTS else local}@{domain}"


def normalize_phone(text):
    """The last digits of the first number. A parser of numbers would cost more than the search and adds nothing here.

    >>> {normalize_phone(text) for text in ("+7 926 123-45-67", "8 (926) 123 45 67", "9261234567")}
    {'9261234567'}
    >>> normalize_phone("+33 1 23 45 67 89"), normalize_phone("01 23 45 67 89"), normalize_phone("none")
    ('3123456789', '123456789', '')
    """
    digits = "".join(NUMBER.findall(re.split(r"[,;/]|ext|доб|x", (text or "").casefold())[0])).lstrip("0")
    return digits[-PHONE_MOST:] if len(digits) > 4 else ""


def is_same_phone(first, second):
    """Whether two numbers are the same as far as both are written out.

    >>> is_same_phone("3123456789", "123456789"), is_same_phone("7135550149", "8135550149"), is_same_phone("", "")
    (True, False, False)
    """
    length = min(len(first), len(second))
    return bool(length) and first[-length:] == second[-length:] and (length >= PHONE_TAIL or first == second)


def normalize_tax(text):
    """
    >>> normalize_tax("DE 123.456.789"), normalize_tax("7707083893"), normalize_tax("/")
    ('123456789', '7707083893', '')
    """
    text = COUNTRY_PREFIX.sub("", NOT_ALPHANUMERIC.sub("", text or "").upper())
    return text if len(text) > 4 else ""


def parse_address(street, zip_code, city):
    """
    >>> parse_address("ул. Ленина, д. 5", "101000", "Москва") == parse_address("5 Lenina st.", "101 000", "")
    True
    >>> parse_address("Hauptstraße 7", "10115", "") == parse_address("HAUPTSTR. 7", "10115", "")
    True
    >>> parse_address("", "101000", "")
    """
    parts = PART.findall((street or "").casefold())
    house = next((part for part in parts if part.isdigit()), "")
    place = NOT_ALPHANUMERIC.sub("", zip_code or "").upper() or "".join(name_words(city or ""))
    sounds = (sound(STREET_ENDING.sub("", part)) for part in parts if not part.isdigit())
    words = frozenset(word for word in sounds if len(word) > 1 and word not in STREET_WORDS)
    return Address(place, house, words) if place and house and words else None


def make_profile(name="", email="", phone="", vat="", street="", zip_code="", city="", is_company=None):
    """What is known of a customer, in the form that is compared."""
    return Profile(
        name_words(name),
        normalize_email(email),
        normalize_phone(phone),
        normalize_tax(vat),
        parse_address(street, zip_code, city),
        is_company,
    )


def make_keys(profile):
    """The keys of a profile, as pairs of kind and text: who shares none of them is no duplicate.

    A phone of a switchboard and a common name are shared by too many to be searched by alone; combined they are not.

    >>> sorted(make_keys(make_profile("Anna Karenina", phone="+7 926 123-45-67")))
    [('name', 'an krnn'), ('name_phone', 'an 261234567'), ('name_phone', 'krnn 261234567'), ('phone', '261234567')]
    """
    skeletons = sorted(map(skeleton, profile.name))
    phone = profile.phone[-PHONE_TAIL:]
    keys = {("email", profile.email), ("phone", phone), ("tax", profile.tax), ("name", " ".join(skeletons))}
    longest = sorted(set(skeletons), key=lambda text: (-len(text), text))[:MOST_WORDS]
    if phone:
        keys |= {("name_phone", f"{word} {phone}") for word in longest}
    if profile.address:
        place = f"{profile.address.place} {profile.address.house}"
        keys |= {("name_address", f"{word} {place}") for word in longest}
    return {(kind, text) for kind, text in keys if text}


def hash_key(kind, text):
    """A number of eight bytes for a key: compact in the index, and no readable personal data.

    >>> hash_key("phone", "261234567") == hash_key("phone", "261234567") != hash_key("tax", "261234567")
    True
    """
    digest = hashlib.blake2b(f"{kind}:{text}".encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
