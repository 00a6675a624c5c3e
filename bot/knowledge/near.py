"""Which texts of many are nearly the same, without comparing every text with every other.

Between two texts of a high `rapidfuzz.fuzz.ratio` lie only a few edits (characters added or removed), so their lengths
are close, and most of their words are the same: another letter in a word is two edits, one removed and one added, and
so is a new ending or a short word more. A text is therefore compared only with those of its length that share one of
its rarest words. Two texts that differ by a single edit in each of several words are not found.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

# Guards the limits below against the rounding of floats: a candidate too many costs one comparison.
_ROUNDING = 1e-9


def near_pairs(texts: Sequence[str], least_score: float) -> Iterator[tuple[int, int]]:
    """Find the pairs whose `fuzz.ratio` is at least a score.

    Args:
        texts: All different; words with a space between them.
        least_score: Above 50, up to 100. The higher it is, the fewer texts have to be compared.

    Yields:
        Each pair once, as two indexes of ``texts``.
    """
    by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    sorted_texts = [texts[index] for index in by_length]
    lengths = [len(text) for text in sorted_texts]
    frequency = Counter(word for text in texts for word in set(text.split()))
    # The places in `by_length` of the texts with a word, in ascending order.
    with_word: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(sorted_texts):
        shortest = math.ceil(len(text) * least_score / (200 - least_score) - _ROUNDING)
        first = bisect_left(lengths, shortest, hi=place)
        edits = int(2 * len(text) * (1 - least_score / 100) + _ROUNDING)
        words = sorted(set(text.split()), key=lambda word: (frequency[word], word))
        # One word may be changed by a single edit.
        changed = edits // 2 + 1
        if len(words) > changed:
            found: set[int] = set()
            for word in words[: changed + 1]:
                places = with_word[word]
                found.update(places[bisect_left(places, first) :])
            candidates: Sequence[int] = list(found)
        else:
            candidates = range(first, place)
        near = map(sorted_texts.__getitem__, candidates)
        for _, _, number in process.extract_iter(text, near, scorer=fuzz.ratio, score_cutoff=least_score):
            yield by_length[candidates[number]], by_length[place]
        for word in words:
            with_word[word].append(place)
