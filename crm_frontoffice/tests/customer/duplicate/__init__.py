from . import test_candidates
from . import test_match_formulas
from . import test_merge_and_undo
from . import test_merge_tour
from . import test_partner_merge
from . import test_search
from . import test_two_workers
from . import test_ways_in
