"""Theta-trees: the earliest end of a changing set of tasks on one machine, in O(log n) a change (Vilim 2004).

Leaves stand in order of est. A node holds the work below it and its ect: the greater of its right child's and of the
left one's plus the right one's work. With tasks that may be added one at a time (theta-lambda) it holds the same with
the best of those added, and which one that is.
"""

from __future__ import annotations

_FAR = -(1 << 56)
Triple = tuple[int, int, int]


def sweep(
    est: list[int], lct: list[int], ect: list[int], lst: list[int], work: list[int]
) -> tuple[list[int], list[int], Triple | None]:
    """New est by detectable precedences and edge finding, new lct by not-last, or what is overfull.

    That is (since, to, work) of tasks that must all lie in [since, to). The rules are told in `disjunctive`.
    """
    count = len(est)
    by_est = sorted(range(count), key=est.__getitem__)
    place = [0] * count
    for k, task in enumerate(by_est):
        place[task] = k
    new_est, new_lct = est.copy(), lct.copy()
    by_lst = sorted(range(count), key=lst.__getitem__)
    by_lct = sorted(range(count), key=lct.__getitem__)
    _precede(est, ect, lst, work, place, by_lst, new_est)
    _not_last(est, lct, lst, work, place, by_lst, by_lct, new_lct)
    over = _edges(est, lct, work, place, by_lct, by_est, new_est)
    return new_est, new_lct, over


class _Tree:
    def __init__(self, count: int) -> None:
        self.size = 1 << max(count - 1, 0).bit_length()
        self.work, self.ect = [0] * (2 * self.size), [_FAR] * (2 * self.size)

    def put(self, place: int, work: int, ect: int) -> None:
        """Set a leaf: (0, _FAR) takes a task out."""
        total, ends = self.work, self.ect
        at = place + self.size
        total[at], ends[at] = work, ect
        at >>= 1
        while at:
            right = 2 * at + 1
            total[at] = total[right - 1] + total[right]
            left, last = ends[right - 1] + total[right], ends[right]
            ends[at] = left if left > last else last
            at >>= 1


def _precede(
    est: list[int], ect: list[int], lst: list[int], work: list[int], place: list[int], by_lst: list[int],
    new: list[int],
) -> None:
    tree, head, inside = _Tree(len(est)), 0, [False] * len(est)
    for i in sorted(range(len(est)), key=ect.__getitem__):
        while head < len(by_lst) and lst[by_lst[head]] < ect[i]:
            j = by_lst[head]
            tree.put(place[j], work[j], est[j] + work[j])
            inside[j] = True
            head += 1
        new[i] = max(new[i], _without(tree, i, est, work, place, inside))


def _without(tree: _Tree, i: int, est: list[int], work: list[int], place: list[int], inside: list[bool]) -> int:
    """The tree's ect without a task."""
    if not inside[i]:
        return tree.ect[1]
    tree.put(place[i], 0, _FAR)
    found = tree.ect[1]
    tree.put(place[i], work[i], est[i] + work[i])
    return found


def _not_last(
    est: list[int], lct: list[int], lst: list[int], work: list[int], place: list[int], by_lst: list[int],
    by_lct: list[int], new: list[int],
) -> None:
    tree, head, inside = _Tree(len(est)), 0, [False] * len(est)
    for i in by_lct:
        while head < len(by_lst) and lst[by_lst[head]] < lct[i]:
            j = by_lst[head]
            tree.put(place[j], work[j], est[j] + work[j])
            inside[j] = True
            head += 1
        if _without(tree, i, est, work, place, inside) > lst[i]:
            last = head - 1 if by_lst[head - 1] != i else head - 2
            new[i] = min(new[i], lst[by_lst[last]])


class _Gray(_Tree):
    """Theta-lambda: `more` and `ends` with at most one gray task, `who_work` and `who_end` that one."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.more, self.ends = [0] * (2 * self.size), [_FAR] * (2 * self.size)
        self.who_work, self.who_end = [-1] * (2 * self.size), [-1] * (2 * self.size)

    def leaf(self, place: int, task: int, work: int, ect: int, gray: bool) -> None:
        """Set a leaf white or gray; work 0 takes a task out."""
        at = place + self.size
        self.more[at], self.ends[at] = work, ect
        self.who_work[at] = self.who_end[at] = task if gray else -1
        self.put(place, 0 if gray else work, _FAR if gray else ect)
        at >>= 1
        while at:
            self._join(at, 2 * at, 2 * at + 1)
            at >>= 1

    def _join(self, at: int, left: int, right: int) -> None:
        work, more, ect, ends = self.work, self.more, self.ect, self.ends
        if more[left] + work[right] >= work[left] + more[right]:
            self.more[at], self.who_work[at] = more[left] + work[right], self.who_work[left]
        else:
            self.more[at], self.who_work[at] = work[left] + more[right], self.who_work[right]
        best, who = ends[right], self.who_end[right]
        if ect[left] + more[right] > best:
            best, who = ect[left] + more[right], self.who_work[right]
        if ends[left] + work[right] > best:
            best, who = ends[left] + work[right], self.who_end[left]
        self.ends[at], self.who_end[at] = best, who


def _edges(
    est: list[int], lct: list[int], work: list[int], place: list[int], by_lct: list[int], by_est: list[int],
    new: list[int],
) -> Triple | None:
    tree = _Gray(len(est))
    for i in range(len(est)):
        tree.leaf(place[i], i, work[i], est[i] + work[i], False)
    for j in reversed(by_lct):
        if tree.ect[1] > lct[j]:
            return _told(est, lct, work, by_est, lct[j])
        while tree.ends[1] > lct[j]:
            i = tree.who_end[1]
            if i < 0:
                break
            new[i] = max(new[i], tree.ect[1])
            tree.leaf(place[i], i, 0, _FAR, False)
        tree.leaf(place[j], j, work[j], est[j] + work[j], True)
    return None


def _told(est: list[int], lct: list[int], work: list[int], by_est: list[int], to: int) -> Triple:
    """The overfull set among the tasks that must end by an instant."""
    total = 0
    for i in reversed(by_est):
        if lct[i] <= to:
            total += work[i]
            if est[i] + total > to:
                return est[i], to, total
    raise AssertionError("nothing is overfull")
