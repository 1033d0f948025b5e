"""The plan of all sites, in the archive: which planned starts exist, who has them, how they ended.

Every function works inside the caller's transaction and is given the time, so that the caller decides whose clock rules:
production code gives `storage.clock.now`, the database's. What is written under a claim is refused once the claim is lost.
"""

from storage.plan.firings import CLAIM, TRIES, Claim, Ended, beat, claim, enter, finish, give_back, reclaim
from storage.plan.history import Late, late, runs, startable
from storage.plan.pauses import AlreadyPaused, NotPaused, pause, resume
from storage.plan.planning import Wanted, adopt, kept, mend, plan_due

__all__ = [
    "CLAIM", "TRIES", "AlreadyPaused", "Claim", "Ended", "Late", "NotPaused", "Wanted", "adopt", "beat", "claim", "enter", "finish",
    "give_back", "kept", "late", "mend", "pause", "plan_due", "reclaim", "resume", "runs", "startable",
]  # fmt: skip
