"""Groups of things that are linked by pairs; no ORM here."""


def find_clusters(pairs):
    """The smallest member of the group of each member (union-find).

    >>> find_clusters([(3, 4), (1, 2), (2, 4), (8, 9)])
    {3: 1, 4: 1, 1: 1, 2: 1, 8: 8, 9: 8}
    """
    leaders = {}

    def find(member):
        leaders.setdefault(member, member)
        while leaders[member] != member:
            leaders[member] = leaders[leaders[member]]
            member = leaders[member]
        return member

    for first, second in pairs:
        first, second = find(first), find(second)
        leaders[max(first, second)] = min(first, second)
    return {member: find(member) for member in leaders}
