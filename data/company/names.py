"""Names, places and texts, Latin and Cyrillic; e-mail domains end in .example, which never belongs to anybody."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """A market: its share, its cities with zip codes, how its phone numbers look (# = a digit)."""

    code: str
    weight: float
    cyrillic: bool
    phone: str
    areas: tuple
    cities: tuple
    streets: tuple


COUNTRIES = (
    Country(
        "US", 0.40, False, "+1 {area} 555 01##",
        ("212", "202", "303", "312", "404", "415", "503", "512", "602", "617", "702", "713", "206", "305", "214"),
        (("New York", "10001"), ("Chicago", "60601"), ("Boston", "02108"), ("Denver", "80202"), ("Austin", "78701"),
         ("Seattle", "98101"), ("Portland", "97201"), ("Atlanta", "30303")),
        ("Main Street", "Oak Avenue", "Market Street", "Park Road", "Lake Drive", "River Street"),
    ),
    Country(
        "RU", 0.24, True, "+7 {area} ###-##-##", ("901", "903", "911", "916", "921", "926", "985"),
        (("Москва", "101000"), ("Санкт-Петербург", "190000"), ("Казань", "420000"), ("Екатеринбург", "620000"),
         ("Новосибирск", "630000"), ("Самара", "443000")),
        ("ул. Ленина", "Садовая ул.", "пр. Мира", "Лесная ул.", "Заводская ул.", "Невский пр."),
    ),
    Country(
        "GB", 0.12, False, "+44 20 7946 0###", ("20",),
        (("London", "EC1A 1BB"), ("London", "SE1 9SG"), ("London", "W1D 3QF")),
        ("High Street", "Station Road", "Church Lane", "King Street", "Mill Lane"),
    ),
    Country(
        "DE", 0.14, False, "+49 30 23125###", ("30",),
        (("Berlin", "10115"), ("Berlin", "10405"), ("Potsdam", "14467"), ("Leipzig", "04109")),
        ("Hauptstraße", "Bahnhofstraße", "Gartenweg", "Lindenallee", "Schillerstraße"),
    ),
    Country(
        "KZ", 0.10, True, "+7 {area} ### ## ##", ("701", "702", "705", "707", "777"),
        (("Алматы", "050000"), ("Астана", "010000"), ("Шымкент", "160000")),
        ("пр. Абая", "ул. Сатпаева", "пр. Достык", "ул. Гоголя"),
    ),
)  # fmt: skip

LATIN_FIRST = (
    "Emma", "Olivia", "James", "Liam", "Sophie", "Lukas", "Hannah", "Jonas", "Grace", "Henry", "Clara", "Felix",
    "Alice", "Oscar", "Nora", "Leo", "Julia", "Martin", "Eva", "David", "Laura", "Peter", "Sarah", "Thomas", "Zoë",
    "François", "Jürgen", "Anaïs", "Miles", "Ruth",
)  # fmt: skip
LATIN_LAST = (
    "Smith", "Walker", "Baker", "Turner", "Müller", "Schmidt", "Fischer", "Weber", "Hughes", "Wright", "Morgan",
    "Cooper", "Becker", "Hoffmann", "Carter", "Reed", "Foster", "Hayes", "Lang", "Vogel", "Bennett", "Price",
    "Lefèvre", "O'Neill", "Grant", "Jordan", "Palmer", "Stone", "Winter", "Young",
)  # fmt: skip
CYRILLIC_FIRST = (
    "Анна", "Ольга", "Мария", "Ирина", "Елена", "Наталья", "Светлана", "Дарья", "Иван", "Алексей", "Дмитрий",
    "Сергей", "Андрей", "Павел", "Николай", "Михаил", "Виктор", "Айгуль", "Тимур", "Юлия", "Пётр", "Зоя",
)  # fmt: skip
# Stems that take -ов/-ова by the person's sex.
CYRILLIC_LAST = (
    "Иванов", "Петров", "Смирнов", "Кузнецов", "Соколов", "Попов", "Лебедев", "Козлов", "Новиков", "Морозов",
    "Волков", "Зайцев", "Павлов", "Семёнов", "Голубев", "Виноградов", "Богданов", "Воробьёв", "Фёдоров", "Беляев",
)  # fmt: skip

LATIN_COMPANY = (
    "Harbor", "Summit", "Willow", "Granite", "Copper", "Lakeside", "Evergreen", "Meridian", "Falcon", "Silver",
    "Northgate", "Brightwater", "Oakfield", "Redwood", "Sterling", "Bluestone", "Crescent", "Highland", "Maple",
    "Orchard", "Pioneer", "Quarry", "Riverside", "Sunrise", "Tidewater", "Union", "Vanguard", "Westbrook", "Amber",
    "Beacon",
)  # fmt: skip
LATIN_BUSINESS = (
    "Logistics", "Foods", "Engineering", "Hotels", "Design", "Print", "Clinics", "Media", "Textiles", "Energy",
    "Bank", "Schools", "Pharma", "Motors", "Software", "Builders",
)  # fmt: skip
LATIN_FORM = {"US": ("Inc.", "LLC"), "GB": ("Ltd",), "DE": ("GmbH", "AG")}
CYRILLIC_COMPANY = (
    "Север", "Восток", "Рассвет", "Горизонт", "Спектр", "Гранит", "Вектор", "Алмаз", "Прогресс", "Меридиан",
    "Орион", "Берег", "Кедр", "Магнит", "Старт", "Парус", "Импульс", "Фаворит", "Родник", "Маяк",
)  # fmt: skip
CYRILLIC_BUSINESS = (
    "Логистика", "Строй", "Мебель", "Энерго", "Медиа", "Фарм", "Сервис", "Проект", "Текстиль", "Агро", "Трейд",
    "Техника",
)  # fmt: skip
CYRILLIC_FORM = {"RU": ("ООО", "АО"), "KZ": ("ТОО",)}

FUNCTIONS = ("Director", "Head of Purchasing", "Office Manager", "Facility Manager", "Accountant", "IT Manager")
FUNCTIONS_CYRILLIC = ("Директор", "Начальник закупок", "Офис-менеджер", "Завхоз", "Главный бухгалтер", "ИТ-директор")

DEAL_TITLES = ("New office", "Refurbishment", "Meeting rooms", "Furniture renewal", "Call centre", "Reception area")
DEAL_TITLES_CYRILLIC = ("Новый офис", "Ремонт офиса", "Переговорные", "Обновление мебели", "Кол-центр", "Ресепшен")

MESSAGES = (
    "Thank you for your call. Please send us the catalogue.",
    "Could you make the price a little better?",
    "We need the delivery before the end of the month.",
    "Our management decides on Thursday.",
    "Is the oak finish in stock?",
)
MESSAGES_CYRILLIC = (
    "Спасибо за звонок. Пришлите, пожалуйста, каталог.",
    "Можно ли немного снизить цену?",
    "Доставка нужна до конца месяца.",
    "Решение примем в четверг.",
    "Есть ли на складе цвет дуб?",
)
ANSWERS = (
    "Thank you for your interest; the catalogue is attached.",
    "Called, nobody there; trying again tomorrow.",
    "We can deliver within two weeks.",
    "They compare us with another offer.",
    "Visit agreed; samples of the fabrics are with me.",
)
ANSWERS_CYRILLIC = (
    "Благодарим за интерес, каталог во вложении.",
    "Не дозвонились, перезвоним завтра.",
    "Доставим в течение двух недель.",
    "Сравнивают нас с другим поставщиком.",
    "Договорились о визите, беру образцы тканей.",
)

TRANSLITERATION = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэё", "abvgdezijklmnoprstufyee", strict=True)),
        **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"},
        **{"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ç": "c", "ï": "i", "ë": "e", "è": "e"},
    }
)


def slug(text):
    """The letters and digits of a text as they may stand in an e-mail address.

    >>> slug("ООО Вектор Строй 12")
    'ooovektorstroj12'
    """
    return "".join(char for char in text.lower().translate(TRANSLITERATION) if char.isascii() and char.isalnum())


def person_name(rng, cyrillic):
    """First and last name; Russian last names agree with the first name."""
    if not cyrillic:
        return f"{rng.choice(LATIN_FIRST)} {rng.choice(LATIN_LAST)}"
    first, last = rng.choice(CYRILLIC_FIRST), rng.choice(CYRILLIC_LAST)
    feminine = first[-1] in "ая" or first == "Айгуль"
    return f"{first} {last}{'а' if feminine else ''}"


def company_name(rng, country):
    """A name as companies of that country have it."""
    if country.cyrillic:
        form = rng.choice(CYRILLIC_FORM[country.code])
        return f"{form} {rng.choice(CYRILLIC_COMPANY)}-{rng.choice(CYRILLIC_BUSINESS)}"
    form = rng.choice(LATIN_FORM[country.code])
    return f"{rng.choice(LATIN_COMPANY)} {rng.choice(LATIN_BUSINESS)} {form}"


def phone_number(rng, country):
    """A number that is well-formed in its country; Latin countries use the ranges reserved for fiction."""
    number = country.phone.replace("{area}", rng.choice(country.areas))
    return "".join(str(rng.randrange(10)) if char == "#" else char for char in number)


def street(rng, country):
    name, house = rng.choice(country.streets), rng.randrange(1, 140)
    return f"{house} {name}" if country.code in ("US", "GB") else f"{name} {house}"


def is_cyrillic(text):
    """
    >>> is_cyrillic("Анна"), is_cyrillic("Anna")
    (True, False)
    """
    return any("а" <= char <= "я" or char == "ё" for char in text.lower())
