"""Every number that shapes the generated company, in one place; `data/README.md` explains the model."""

from dataclasses import dataclass, field

WINDOW_DAYS = 1096
# Sales abroad are free of tax; at home it is 15 per cent.
HOME_COUNTRY = "US"


@dataclass(frozen=True)
class Size:
    """How much of everything; customers = companies + contacts + people."""

    companies: int
    contacts: int
    people: int
    deals: int
    salespeople: int
    products: int
    tickets: int
    messages_per_deal: float
    meetings: int
    calls: int
    # Customers from before the window carry a share of the repeat business.
    prior_share: float
    purchases_scale: float
    giant_invoices: int = 0
    giant_deals: int = 0
    giant_messages: int = 0


SIZES = {
    "S": Size(
        companies=240, contacts=280, people=110, deals=1_100, salespeople=8, products=30, tickets=60,
        messages_per_deal=2.0, meetings=140, calls=180, prior_share=0.30, purchases_scale=3.4,
    ),
    "M": Size(
        companies=6_000, contacts=10_000, people=4_000, deals=30_000, salespeople=24, products=120, tickets=5_000,
        messages_per_deal=2.0, meetings=2_000, calls=400, prior_share=0.20, purchases_scale=1.25,
        giant_invoices=500, giant_deals=200, giant_messages=1_000,
    ),
    "L": Size(
        companies=60_000, contacts=100_000, people=40_000, deals=300_000, salespeople=46, products=300, tickets=50_000,
        messages_per_deal=1.5, meetings=10_000, calls=400, prior_share=0.20, purchases_scale=1.25,
        giant_invoices=5_000, giant_deals=2_000, giant_messages=10_000,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """Where a deal comes from, how often, what that does to the odds of winning (log-odds), and its change a year."""

    name: str
    medium: str
    weight: float
    effect: float
    trend: float = 0.0


@dataclass(frozen=True)
class Team:
    """A sales team, what it sells to, the log-odds it adds, and those of a deal e times as large as is usual."""

    name: str
    serves: str
    effect: float
    size_slope: float


@dataclass(frozen=True)
class Segment:
    """A kind of customer: share among companies, median deal in dollars, log-odds, usual discounts in per cent."""

    name: str
    weight: float
    median_deal: float
    effect: float
    discounts: tuple


@dataclass(frozen=True)
class Behaviour:
    """The laws of the company's market."""

    # Inflow of deals: yearly growth, one factor per month, and quiet weekends.
    yearly_growth: float = 0.18
    season: tuple = (0.86, 0.92, 1.08, 1.04, 1.00, 0.94, 0.78, 0.74, 1.10, 1.16, 1.20, 1.18)
    weekend: float = 0.12

    # Winning: P(win) = logistic(base + source + team + segment + skill + size + known customer + tag + interest).
    win_base: float = -1.95
    win_skill_deviation: float = 0.45
    win_known_customer: float = 0.85
    # How much the customer wants it ~ N(0, 1): nobody is told, but who wants it writes more.
    win_interest: float = 1.00
    answers_interest: float = 0.75
    deal_deviation: float = 0.60
    fresh_with_deal: float = 0.92
    anonymous_share: float = 0.15

    # Days in each open stage ~ Gamma(shape, mean / shape) x the salesperson's pace; lost deals linger, and more of
    # them stall.
    stage_days: tuple = (16.0, 30.0, 40.0)
    stage_shape: float = 1.6
    pace_deviation: float = 0.20
    lost_in_stage: tuple = (0.42, 0.34, 0.24)
    lost_lingers: float = 1.60
    stalled_share: tuple = (0.14, 0.03)  # of the lost ones, of the won ones
    stalled_factor: float = 6.0

    # Repurchase (BG/NBD): orders a month ~ Gamma(shape, scale), after each order gone with p ~ Beta(a, b).
    purchase_shape: float = 0.85
    purchase_scale: float = 0.16
    dropout_a: float = 0.9
    dropout_b: float = 3.2
    basket_share: float = 0.55

    # Quotations: share of deals in the last open stage that have one, share of such lost deals with a cancelled one.
    quotation_share: float = 0.70
    cancelled_share: float = 0.22

    # Delivery in days after the order, promised in a week; a few late ones.
    promised_days: int = 7
    late_share: float = 0.15
    late_days: float = 9.0

    # Payment: days around the due date by payer; `defaults` never pay, `instalments` pay half of it.
    payer_weights: tuple = (("prompt", 0.60), ("slow", 0.30), ("bad", 0.10))
    payer_days: dict = field(default_factory=lambda: {"prompt": (-4, 5), "slow": (12, 9), "bad": (38, 25)})
    defaults: dict = field(default_factory=lambda: {"prompt": 0.0005, "slow": 0.004, "bad": 0.03})
    instalments: float = 0.03


SOURCES = (
    Source("Search engine", "Website", 0.30, 0.00),
    Source("Referral", "Direct", 0.13, 0.80),
    Source("Newsletter", "Email", 0.15, -0.10, -0.15),
    Source("LinkedIn", "LinkedIn", 0.12, -0.35, 0.30),
    Source("Exhibition", "Direct", 0.10, 0.25),
    Source("Cold call", "Phone", 0.14, -0.70, -0.20),
    Source("Partner", "Direct", 0.06, 0.55),
)

TEAMS = (
    Team("Sales", "small", 0.00, -0.25),
    Team("Key Accounts", "large", 0.15, 0.35),
    Team("Export", "abroad", -0.20, -0.30),
    Team("Online", "people", 0.10, -0.70),
)

SEGMENTS = (
    Segment("small", 0.62, 1_600, 0.00, (0, 0, 0, 5)),
    Segment("middle", 0.29, 4_800, 0.05, (0, 0, 5, 5)),
    Segment("large", 0.09, 11_000, -0.10, (0, 5, 5, 10)),
)
PERSON = Segment("people", 0.0, 420, 0.10, (0, 0, 0, 0))

LOST_REASONS = (
    ("Too expensive", 0.36),
    ("Bought from a competitor", 0.24),
    ("No answer", 0.18),
    ("No budget this year", 0.15),
    ("Not enough stock", 0.07),
)

# Name and log-odds.
TAGS = (
    ("New customer", -0.20),
    ("Renewal", 0.90),
    ("Tender", -0.80),
    ("Urgent", 0.30),
    ("Strategic", 0.00),
    ("Upsell", 0.40),
)
TAGGED_SHARE = 0.35

CAMPAIGNS = ("Spring fair", "Autumn offer", "Welcome back", "Black Friday", "Product launch", "Partner days")
CAMPAIGN_SHARE = 0.25

# Name, category, price, cost, kind. Prices are multiples of four: then 5 and 10 per cent discounts and the tax of
# 15 per cent come out in whole cents, and no rounding rule can move a generated amount.
PRODUCTS = (
    ("Office Chair Nordic", "Furniture / Seating", 196, 118, "goods"),
    ("Conference Chair", "Furniture / Seating", 124, 70, "goods"),
    ("Ergonomic Chair Pro", "Furniture / Seating", 448, 270, "goods"),
    ("Bar Stool", "Furniture / Seating", 88, 46, "goods"),
    ("Standing Desk 140", "Furniture / Desks", 596, 365, "goods"),
    ("Standing Desk 180", "Furniture / Desks", 748, 470, "goods"),
    ("Corner Desk", "Furniture / Desks", 424, 255, "goods"),
    ("Meeting Table Oak", "Furniture / Desks", 1196, 760, "goods"),
    ("Filing Cabinet", "Furniture / Storage", 236, 140, "goods"),
    ("Bookcase Tall", "Furniture / Storage", 276, 160, "goods"),
    ("Locker Row of Six", "Furniture / Storage", 680, 430, "goods"),
    ("Drawer Unit", "Furniture / Storage", 152, 84, "goods"),
    ("Desk Lamp LED", "Equipment / Lighting", 56, 27, "goods"),
    ("Floor Lamp", "Equipment / Lighting", 132, 68, "goods"),
    ("Ceiling Panel LED", "Equipment / Lighting", 104, 58, "goods"),
    ("Acoustic Panel", "Equipment / Acoustics", 96, 51, "goods"),
    ("Phone Booth", "Equipment / Acoustics", 3996, 2680, "goods"),
    ("Desk Divider", "Equipment / Acoustics", 72, 36, "goods"),
    ("Monitor 27", "Equipment / Electronics", 328, 246, "goods"),
    ("Docking Station", "Equipment / Electronics", 188, 132, "goods"),
    ("Video Bar", "Equipment / Electronics", 896, 610, "goods"),
    ("Monitor Arm", "Equipment / Electronics", 92, 52, "goods"),
    ("Cable Tray", "Equipment / Accessories", 36, 15, "goods"),
    ("Footrest", "Equipment / Accessories", 48, 22, "goods"),
    ("Whiteboard 120", "Equipment / Accessories", 144, 80, "goods"),
    ("Coat Stand", "Equipment / Accessories", 84, 41, "goods"),
    ("Delivery and Assembly", "Services / Installation", 180, 110, "service"),
    ("Space Planning Day", "Services / Consulting", 960, 520, "service"),
    ("Maintenance Visit", "Services / Installation", 140, 80, "service"),
    ("Ergonomics Training", "Services / Consulting", 640, 330, "service"),
)
