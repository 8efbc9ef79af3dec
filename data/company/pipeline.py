"""The deals: where they come from, who works on them, how long they take and how they end."""

import math
from datetime import timedelta

from . import names
from .parameters import CAMPAIGN_SHARE, CAMPAIGNS, LOST_REASONS, SOURCES, TAGGED_SHARE, TAGS, TEAMS, WINDOW_DAYS
from .records import Deal


class Pipeline:
    """Draws the deals of the window in the order of their creation."""

    def __init__(self, size, behaviour, clock, rng, sellers, customers, giant):
        self.size, self.behaviour, self.clock, self.rng = size, behaviour, clock, rng
        self.sellers = sellers
        self.giant = giant
        prior = round(len(customers) * size.prior_share)
        self.known, self.fresh = customers[:prior], customers[prior:]
        for customer in {id(customer): customer for customer in (*self.known, giant)}.values():
            customer.created = customer.first_order = clock.before_window(rng)
        # Fresh customers come evenly through the deals; a few never get one.
        self.fresh_share = behaviour.fresh_with_deal * len(self.fresh) / size.deals

    def make_deals(self, first_id):
        days = sorted(self.clock.draw_day(self.rng) for _ in range(self.size.deals))
        giant_every = self.size.deals // self.size.giant_deals if self.size.giant_deals else 0
        deals = []
        for number, day in enumerate(days):
            created = self.clock.moment(day, self.rng)
            customer = self.giant if giant_every and number % giant_every == 0 else self._customer(created)
            deals.append(self._deal(first_id + number, day, created, customer))
        return deals

    def seller_for(self, customer):
        """The salesperson of a customer; whoever serves such customers gets a new one."""
        if customer.seller is None:
            team = self._team(customer)
            customer.seller = self.rng.choice([seller for seller in self.sellers if seller.team == team])
        return customer.seller

    def _team(self, customer):
        if customer.segment.name == "people":
            serves = "people"
        elif customer.segment.name == "large":
            serves = "large"
        else:
            serves = "small" if customer.country.code == "US" or self.rng.random() < 0.25 else "abroad"
        return next(number for number, team in enumerate(TEAMS) if team.serves == serves)

    def _customer(self, created):
        if not self.fresh or self.rng.random() > self.fresh_share:
            return self.rng.choice(self.known)
        customer = self.fresh.pop()
        customer.created = customer.created or created - timedelta(minutes=self.rng.randrange(1, 40))
        self.known.append(customer)
        return customer

    def _deal(self, number, day, created, customer):
        rng, behaviour = self.rng, self.behaviour
        seller, source = self.seller_for(customer), self._source()
        revenue, tag, interest = self._revenue(customer), self._tag(), rng.gauss(0, 1)
        is_known = customer.first_order is not None and customer.first_order < created
        odds = self._win_odds(customer, seller, revenue, is_known=is_known) + self._source_odds(source, day)
        odds += behaviour.win_interest * interest + (0 if tag is None else TAGS[tag][1])
        chance = 1 / (1 + math.exp(-odds))
        won = rng.random() < chance
        moves, closed = self._path(day, created, seller, won)
        status = ("won" if won else "lost") if closed else "pending"
        # Whoever is not in the books yet comes in before the deal ends, however it ends.
        anonymous = not is_known and status == "pending" and rng.random() < behaviour.anonymous_share
        if status == "won":
            customer.first_order = min(closed, customer.first_order or closed)
        titles = names.DEAL_TITLES_CYRILLIC if customer.country.cyrillic else names.DEAL_TITLES
        return Deal(
            number, f"{rng.choice(titles)}: {customer.name}", None if anonymous else customer, customer.buyer(rng),
            seller, source, self._campaign(), created, revenue, status, moves, closed,
            last_moved=closed or moves[-1][1], deadline=self._deadline(created, closed),
            lost_reason=self._lost_reason() if status == "lost" else None,
            priority=self._priority(revenue, customer), tag=tag, interest=interest, chance=chance,
        )  # fmt: skip

    def _source(self):
        return self.rng.choices(range(len(SOURCES)), [source.weight for source in SOURCES])[0]

    def _tag(self):
        return self.rng.randrange(len(TAGS)) if self.rng.random() < TAGGED_SHARE else None

    def _campaign(self):
        return self.rng.randrange(len(CAMPAIGNS)) if self.rng.random() < CAMPAIGN_SHARE else None

    def _lost_reason(self):
        return self.rng.choices(range(len(LOST_REASONS)), [weight for _, weight in LOST_REASONS])[0]

    def _revenue(self, customer):
        return customer.segment.median_deal * math.exp(self.rng.gauss(0, self.behaviour.deal_deviation))

    def _priority(self, revenue, customer):
        ratio = revenue / customer.segment.median_deal
        return int(ratio > 1.2) + int(ratio > 2) + int(ratio > 4)

    def _win_odds(self, customer, seller, revenue, *, is_known):
        """What customer, seller and size bring, as log-odds."""
        behaviour, team = self.behaviour, TEAMS[seller.team]
        odds = behaviour.win_base + team.effect + customer.segment.effect + seller.skill
        odds += team.size_slope * math.log(revenue / customer.segment.median_deal)
        return odds + behaviour.win_known_customer * is_known

    @staticmethod
    def _source_odds(source, day):
        """Some sources get better over the years, others worse; the given figure is that of the middle."""
        return SOURCES[source].effect + SOURCES[source].trend * (day / 365.25 - WINDOW_DAYS / 730.5)

    def _path(self, day, created, seller, won):
        """The stages that the deal has passed until today, and when it was closed, if it was."""
        rng, behaviour = self.rng, self.behaviour
        stages = len(behaviour.stage_days)
        last = stages if won else rng.choices(range(stages), behaviour.lost_in_stage)[0] + 1
        lingers = seller.pace * (1.0 if won else behaviour.lost_lingers)
        lingers *= behaviour.stalled_factor if rng.random() < behaviour.stalled_share[won] else 1.0
        moves, at = [(0, created)], float(day)
        for stage in range(last):
            mean = behaviour.stage_days[stage] * lingers
            at += max(0.1, rng.gammavariate(behaviour.stage_shape, mean / behaviour.stage_shape))
            if at >= WINDOW_DAYS:
                return moves, None
            moment = max(self.clock.moment(at, rng), moves[-1][1] + timedelta(minutes=rng.randrange(5, 300)))
            if stage + 1 == last and not won:
                return moves, moment
            moves.append((stage + 1, moment))
        return moves, moves[-1][1]

    def _deadline(self, created, closed):
        """What the salesperson believed: late more often than early; open deals look ahead, a third slipped."""
        if closed:
            return (closed + timedelta(days=round(self.rng.gauss(-4, 12)))).date()
        return max(created.date(), self.clock.today + timedelta(days=round(self.rng.gauss(22, 35))))


def make_prospects(customers, clock, rng, pipeline):
    """Customers without a deal are there as well: met at fairs, copied from old lists."""
    for customer in customers:
        if customer.created is None:
            customer.created = clock.moment(clock.draw_day(rng), rng)
        pipeline.seller_for(customer)
        for contact in customer.contacts:
            contact.created = customer.created + timedelta(minutes=rng.randrange(1, 30))
