"""How names sound, whatever alphabet they are written in; nothing here knows Odoo."""

import re
import unicodedata
from functools import lru_cache

CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэёіґўәғқңөұүһ", "abvgdeziiklmnoprstufieeiguagknouuh", strict=True)),
        **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"},
        **{"є": "ye", "ї": "yi", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i"},
    }
)
# Spellings of one sound, in the order in which they are replaced. Capitals stand for sounds without a letter.
SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("shch|sch|sh", "S"), ("tch|ch", "C"), ("zh", "Z"), ("ts|tz", "T"), ("kh", "h"), ("ph", "f"), ("ck|c|q", "k"),
        ("x", "ks"), ("w", "v"),
        ("[yij]+a", "a"), ("[yij]+u", "u"), ("[yij]+o", "e"), ("[yij]+e", "e"), ("[yij]+", "i"),
        (r"([a-zA-Z])\1+", r"\1"),
    )
)  # fmt: skip
VOWELS = frozenset("aeiou")
PATRONYMIC = re.compile(r"(?:viC|iniCna|ovna|evna)$")
ABBREVIATION = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}")
WORD = re.compile(r"[^\W_]+")
LEGAL_PHRASES = re.compile(
    r"общество с ограниченной ответственностью|индивидуальный предприниматель|"
    r"(?:публичное |закрытое |открытое )?акционерное общество|товарищество с ограниченной ответственностью|"
    r"limited liability company|public limited company"
)
LEGAL_FORMS = frozenset(
    {
        *("ооо", "оао", "зао", "пао", "ао", "ип", "тоо", "чп", "фгуп", "муп", "гуп", "нко", "тов"),
        *("ooo", "oao", "zao", "pao", "ao", "too"),
        *("llc", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "co", "company", "plc", "lp", "llp"),
        *(
            "gmbh",
            "ag",
            "kg",
            "ohg",
            "ug",
            "mbh",
            "ev",
            "sa",
            "sarl",
            "sas",
            "srl",
            "spa",
            "bv",
            "nv",
            "ab",
            "oy",
            "as",
        ),
        *("aps", "kft", "sro", "doo", "sp", "zoo", "pty"),
    }
)
MOST_WORDS, MOST_LETTERS = 12, 30  # of a name: what comes after them decides nothing, and would cost time
TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "herr", "frau", "mme"})


@lru_cache(maxsize=100_000)
def sound(word):
    """A word as it sounds, so that spellings of it in two alphabets are alike.

    >>> sound("Щукин") == sound("Shchukin") == sound("Schukin")
    True
    >>> sound("Дмитрий") == sound("Dmitry") == sound("Dmitrij")
    True
    >>> sound("Müller") == sound("Muller"), word_similarity(sound("Müller"), sound("Mueller"))
    (True, 0.88)
    """
    text = unicodedata.normalize("NFKD", word.casefold().translate(CYRILLIC))
    text = "".join(char for char in text if not unicodedata.combining(char))
    for pattern, replacement in SOUNDS:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=100_000)
def skeleton(word):
    """The consonants of a sound and whether it begins with a vowel: survives most slips in vowels.

    >>> skeleton(sound("Семёнов")) == skeleton(sound("Semyonov"))
    True
    """
    if word.isdigit():
        return word
    first = "a" if word[0] in VOWELS else word[0]
    return first + "".join(char for char in word[1:] if char not in VOWELS)


@lru_cache(maxsize=20_000)
def name_words(name):
    """The words of a name as they sound, without legal forms and titles, sorted.

    >>> name_words('ООО "Вектор-Строй"') == name_words("Vektor Stroy, O.O.O.")
    True
    >>> name_words("Anna  KARENINA")
    ('ana', 'karenina')
    >>> name_words("Ltd")  # a name of nothing else
    ('ltd',)
    """
    text = LEGAL_PHRASES.sub(" ", (name or "").casefold().replace("&", " "))
    text = ABBREVIATION.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", text)
    words = WORD.findall(text.replace("'", "").replace("’", ""))
    meaning = [word for word in words if word not in LEGAL_FORMS and word not in TITLES]
    return tuple(sorted(filter(None, (sound(word[:MOST_LETTERS]) for word in (meaning or words)[:MOST_WORDS]))))


@lru_cache(maxsize=100_000)
def word_similarity(first, second):
    """From 0 to 1: slips of the pen leave words alike; an ending that tells the sex does not.

    >>> word_similarity("smith", "smith"), word_similarity("smith", "smit"), word_similarity("smith", "ivanov")
    (1.0, 0.88, 0.0)
    >>> word_similarity("ivanov", "ivanova")
    0.3
    >>> word_similarity("i", "ivan")  # an initial
    0.75
    """
    if first == second:
        return 1.0
    short, long = sorted((first, second), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    if len(short) == 1:
        return 0.75 if long[0] == short else 0.0
    if long in (short + "a", short + "aia") and short[-1] not in VOWELS:
        return 0.3
    if len(long) - len(short) > 2 or len(short) < 3 or (len(short) < 5 and short[0] != long[0]):
        return 0.0  # of short words the first letter is half the word: Darya is not Marya
    slips = _slips(short, long)
    if slips == 1:
        return 0.88
    return 0.75 if slips == 2 and len(short) > 5 else 0.0


def _slips(first, second):
    """How many letters were changed, left out, added or swapped with their neighbour (optimal string alignment).

    >>> _slips("smith", "smiht"), _slips("kitten", "sitting")
    (1, 3)
    """
    before, row = None, list(range(len(second) + 1))
    for place, char in enumerate(first, 1):
        new = [place]
        for other_place, other in enumerate(second, 1):
            cost = min(row[other_place] + 1, new[-1] + 1, row[other_place - 1] + (char != other))
            if before and other_place > 1 and char == second[other_place - 2] and first[place - 2] == other:
                cost = min(cost, before[other_place - 2] + 1)
            new.append(cost)
        before, row = row, new
    return row[-1]


def name_similarity(first, second):
    """How alike two names are, and the least alike of their words; both from 0 to 1.

    Words are paired greedily; what the longer name has besides lowers the figure by its share of letters, unless it is
    a patronymic, which is often left out.

    :param first: a tuple as `name_words` gives it

    >>> name_similarity(name_words("Иван Петров"), name_words("Petrov Ivan"))
    (1.0, 1.0)
    >>> name_similarity(name_words("Emma Smith"), name_words("Liam Smith"))[1]
    0.0
    >>> name_similarity(name_words("Иван Иванович Петров"), name_words("Иван Петров"))
    (1.0, 1.0)
    >>> name_similarity(name_words("Harbor Logistics Boston"), name_words("Harbor Logistics"))[0] > 0.8
    True
    """
    if first == second:
        return 1.0, 1.0
    short, long = sorted((first, second), key=len)
    if not short:
        return 0.0, 0.0
    left, total, worst = list(long), 0.0, 1.0
    for word in sorted(short, key=len, reverse=True):
        best = max(left, key=lambda other: word_similarity(word, other))
        alike = word_similarity(word, best)
        left.remove(best)
        total += alike * len(word)
        worst = min(worst, alike)
    if any(word.isdigit() for word in left) or any(word.isdigit() and word not in long for word in short):
        return 0.3, 0.0  # number 12 is another branch, school or shop than number 13, or than the one without
    if len(short) > 1:
        left = [word for word in left if not PATRONYMIC.search(word)]
    covered = 1 - sum(map(len, left)) / sum(map(len, long))
    return total / sum(map(len, short)) * (0.5 + 0.5 * covered), worst
