"""What the story of the company is made of; ids are those that the rows will have in the database."""

from dataclasses import dataclass, field
from datetime import date, datetime

from .parameters import HOME_COUNTRY


@dataclass(slots=True)
class Seller:
    """A salesperson: the log-odds and the pace that he or she brings."""

    user_id: int
    partner_id: int
    email: str
    name: str
    team: int
    skill: float
    pace: float


@dataclass(slots=True)
class Product:
    id: int
    label: str
    category: str
    price: int
    cost: int
    storable: bool
    demand: float


@dataclass(slots=True)
class Contact:
    id: int
    name: str
    email: str
    phone: str
    function: str
    created: datetime = None


@dataclass(slots=True)
class Customer:
    """A company with its contacts, or a private person."""

    id: int
    name: str
    is_company: bool
    country: object
    segment: object
    email: str
    phone: str
    street: str
    city: str
    zip: str
    payer: str
    # The hidden truth of the purchase model.
    purchase_rate: float
    dropout: float
    favourites: tuple
    contacts: list = field(default_factory=list)
    created: datetime = None
    seller: Seller = None
    # The moment of the first order; for customers from before the window, a moment before it.
    first_order: datetime = None
    invoices: int = 0

    def buyer(self, rng):
        """Who acts for the customer: one of the contacts, or the customer itself."""
        return rng.choice(self.contacts) if self.contacts else self


@dataclass(slots=True)
class Deal:
    id: int
    name: str
    customer: Customer
    contact: object
    seller: Seller
    source: int
    campaign: int | None
    created: datetime
    revenue: float
    status: str
    # (number of the stage, since when); the first is the stage at creation.
    moves: list
    closed: datetime | None
    last_moved: datetime
    deadline: date
    lost_reason: int | None
    priority: int
    tag: int | None
    # The hidden truth: how much the customer wants it, and the chance by which it was drawn that the deal is won.
    interest: float
    chance: float

    @property
    def stage(self):
        return self.moves[-1][0]


@dataclass(slots=True)
class Line:
    id: int
    product: Product
    quantity: int
    discount: int

    @property
    def cents(self):
        return self.product.price * self.quantity * (100 - self.discount)


@dataclass(slots=True)
class Order:
    """An order or a quotation, with what became of it."""

    id: int
    customer: Customer
    contact: object
    seller: Seller
    deal: Deal | None
    ordered: datetime
    state: str
    lines: list
    promised: datetime = None
    delivered: datetime | None = None
    invoiced: date | None = None
    due: date | None = None
    paid: date | None = None
    paid_cents: int = 0

    @property
    def cents(self):
        return sum(line.cents for line in self.lines)

    @property
    def has_goods(self):
        return any(line.product.storable for line in self.lines)

    @property
    def is_domestic(self):
        return self.customer.country.code == HOME_COUNTRY

    @property
    def tax_cents(self):
        return self.cents * 15 // 100 if self.is_domestic else 0
