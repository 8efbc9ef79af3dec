"""Bitrix24: CRM, Contacts or Deals, gear, "Export to CSV"; semicolons, Russian or English headers."""

from .layout import Layout

LAYOUT = Layout(
    name="bitrix24",
    contacts={
        "id": ("ID",),
        "name": (),
        "first": ("Имя", "First Name"),
        "middle": ("Отчество", "Middle Name", "Second name"),
        "last": ("Фамилия", "Last Name"),
        "company": ("Компания", "Company"),
        "email": (
            "Рабочий e-mail", "Частный e-mail", "Другой e-mail", "E-mail",
            "Work E-mail", "Home E-mail", "Other E-mail",
        ),  # fmt: skip
        "phone": (
            "Рабочий телефон", "Мобильный телефон", "Домашний телефон", "Другой телефон", "Телефон",
            "Work Phone", "Mobile", "Mobile Phone", "Home Phone", "Other Phone Number", "Phone",
        ),  # fmt: skip
        "street": ("Адрес", "Улица, номер дома", "Address", "Street address"),
        "city": ("Населенный пункт", "Город", "City"),
        "zip": ("Почтовый индекс", "Zip", "Postal code"),
        "country": ("Страна", "Country"),
        "function": ("Должность", "Position"),
        "owner": ("Ответственный", "Responsible", "Responsible person"),
        "tags": ("Тип контакта", "Contact Type"),
        "comment": ("Комментарий", "Comment"),
    },
    deals={
        "id": ("ID",),
        "title": ("Название сделки", "Deal Name"),
        "stage": ("Стадия сделки", "Stage", "Deal stage"),
        "status": ("Группа стадий", "Deal status"),
        "amount": ("Сумма", "Income", "Amount"),
        "currency": ("Валюта", "Currency"),
        "close": ("Предполагаемая дата закрытия", "Дата завершения", "Assumed close date", "Expected close date"),
        "owner": ("Ответственный", "Responsible", "Responsible person"),
        "company": ("Компания", "Company"),
        "contact": ("Контакт", "Contact"),
        "contact_id": ("Контакт: ID", "Contact: ID"),
        "email": ("Контакт: Рабочий e-mail", "Contact: Work E-mail"),
        "phone": ("Контакт: Рабочий телефон", "Contact: Work Phone"),
        "source": ("Источник", "Source"),
        "tags": ("Тип", "Type"),
        "comment": ("Комментарий", "Comment"),
    },
    won=frozenset({"сделка успешна", "успешные", "сделка выиграна", "deal won", "won", "successful"}),
    lost=frozenset({"сделка провалена", "проваленные", "анализ причины провала", "deal lost", "lost", "failed"}),
)
