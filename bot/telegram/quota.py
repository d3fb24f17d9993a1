"""How many questions a user may ask; what a user over the quota is told stands elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

PERIOD_S = 60.0


@dataclass(slots=True)
class _Asked:
    times: deque[float] = field(default_factory=deque)
    is_told: bool = False


class Quota:
    """
    Counts each user's questions of the last minute, and forgets whoever asked none.

    Refused questions do not count: who waits as long as `take` says is let in, however often
    they tried meanwhile.

    Args:
        per_minute: How many questions a user may ask in any 60 seconds, at least 1.
        clock: Seconds that only grow.

    Raises:
        ValueError: If *per_minute* is below 1.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        if per_minute < 1:
            raise ValueError(f"a quota is at least 1 question a minute: {per_minute!r}")
        self._per_minute = per_minute
        self._clock = clock
        self._users: dict[int, _Asked] = {}
        """In order of the last question that was let in, the oldest first."""

    def take(self, user_id: int) -> float:
        """0.0 when the question is let in (it counts from now); else the seconds until one is."""
        now = self._clock()
        self._forget_idle(now)
        asked = self._users.get(user_id)
        if asked is None:
            asked = _Asked()
        while asked.times and asked.times[0] + PERIOD_S <= now:
            asked.times.popleft()
        if len(asked.times) >= self._per_minute:
            return asked.times[0] + PERIOD_S - now
        asked.times.append(now)
        asked.is_told = False
        self._users.pop(user_id, None)
        self._users[user_id] = asked
        return 0.0

    def should_tell(self, user_id: int) -> bool:
        """Whether a refused user is yet to hear of it: True once, until a question is let in."""
        asked = self._users.get(user_id)
        if asked is None:  # the minute has ended between the refusal and now
            return True
        is_first = not asked.is_told
        asked.is_told = True
        return is_first

    def __len__(self) -> int:
        """How many users are remembered."""
        return len(self._users)

    def _forget_idle(self, now: float) -> None:
        while self._users:
            user_id = next(iter(self._users))
            if self._users[user_id].times[-1] + PERIOD_S > now:
                return
            del self._users[user_id]
