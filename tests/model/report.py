"""What a run did, as people read it: moves made, moves refused and why, rungs climbed."""

from tests.model import back
from tests.model.play import BY_ITSELF, MOVES
from tests.model.telling import Counted


def missed(counted: Counted) -> set[str]:
    """Return what the model knows and no story did."""
    none = {move for move in MOVES | BY_ITSELF if not counted.made[move]}
    return none | {f"{move} of several" for move in back.MOVES if not counted.of_several[move]}


def table(counted: Counted) -> str:
    """Return how often each move was made, refused for which reasons, and each rung climbed."""
    lines = [f"{counted.steps} steps, {counted.refused.total()} of them refused by both"]
    lines += ["", f"{'move':<20} {'made':>6}   refused"]
    for move in sorted(MOVES | BY_ITSELF):
        why = [f"{why} {n}" for (of, why), n in sorted(counted.refused.items()) if of == move]
        lines.append(f"{move:<20} {counted.made[move]:>6}   {', '.join(why)}".rstrip())
    several = [f"{move} {counted.of_several[move]}" for move in sorted(back.MOVES)]
    lines += ["", f"of several senders: {', '.join(several)}"]
    clocks = sorted({name.split()[0] for name in counted.rungs})
    lines += ["", f"{'clock':<20} rungs 1 to 7"]
    for clock in clocks:
        climbed = " ".join(f"{counted.rungs[f'{clock} {n}']:>5}" for n in range(1, 8))
        lines.append(f"{clock:<20} {climbed}")
    return "\n".join(lines)
