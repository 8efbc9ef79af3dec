"""amoCRM (Kommo): Leads or Contacts, three dots, "Export"; commas, or semicolons in cp1251 after a visit to Excel."""

from .layout import Layout

PHONES = (
    "Рабочий телефон", "Рабочий прямой телефон", "Мобильный телефон", "Домашний телефон", "Другой телефон", "Телефон",
    "Work phone", "Work direct phone", "Mobile phone", "Home phone", "Other phone",
)  # fmt: skip
EMAILS = (
    "Рабочий email", "Личный email", "Другой email", "Email",
    "Work email", "Personal email", "Other email",
)  # fmt: skip

LAYOUT = Layout(
    name="amocrm",
    contacts={
        "id": ("ID",),
        "type": ("Тип", "Type"),
        "name": ("Полное имя контакта", "Имя контакта", "Full name", "Contact name", "Name"),
        "first": ("Имя", "First name"),
        "last": ("Фамилия", "Last name"),
        "company": (
            "Компания контакта",
            "Название компании",
            "Компания",
            "Contact company",
            "Company name",
            "Company",
        ),
        "email": EMAILS,
        "phone": PHONES,
        "street": ("Адрес", "Адрес (компания)", "Address"),
        "city": ("Город", "City"),
        "country": ("Страна", "Country"),
        "function": ("Должность", "Position"),
        "owner": ("Ответственный за контакт", "Ответственный", "Responsible user", "Responsible"),
        "tags": ("Теги", "Теги контакта", "Tags", "Contact tags"),
        "comment": ("Примечание", "Note"),
    },
    deals={
        "id": ("ID",),
        "title": ("Название сделки", "Lead title", "Lead name"),
        "stage": ("Этап сделки", "Статус сделки", "Stage", "Lead stage", "Lead status"),
        "amount": ("Бюджет", "Бюджет, ₽", "Budget", "Sale", "Lead value"),
        "close": ("Дата закрытия", "Closed at", "Close date"),
        "owner": ("Ответственный", "Responsible user", "Responsible"),
        "company": ("Компания", "Компания контакта", "Company", "Contact company"),
        "contact": ("Полное имя контакта", "Основной контакт", "Contact full name", "Main contact", "Full name"),
        "email": EMAILS,
        "phone": PHONES,
        "source": ("Источник", "Source"),
        "tags": ("Теги сделки", "Теги", "Lead tags", "Tags"),
        "comment": ("Примечание", "Note"),
    },
    won=frozenset({"успешно реализовано", "closed - won", "won"}),
    lost=frozenset({"закрыто и не реализовано", "closed - lost", "lost"}),
)
