import math

import numpy as np
import pytest

from training.ngrams import KneserNey

CHANCE = np.random.default_rng(0)
WORKS = [CHANCE.choice(6, size=CHANCE.integers(3, 12), p=[0.4, 0.3, 0.1, 0.1, 0.06, 0.04]).tolist() for _ in range(80)]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("context", [[0], [0, 1], [3, 3, 3, 3], [5, 4, 2, 1, 0]])
def test_the_chances_of_all_words_make_one(order, context):
    model = KneserNey(WORKS, 6, order)
    before = model.measure_nats([context])
    chances = [math.exp(before - model.measure_nats([[*context, word]])) for word in range(6)]
    assert sum(chances) == pytest.approx(1)
    assert min(chances) > 0


def test_bigrams_are_those_of_the_paper():
    """Worked by hand: 0 1 0 1 0 2, where 1 follows 0 twice and 2 once, with the discounts these counts give."""
    model = KneserNey([[0, 1, 0, 1, 0, 2]], 4, order=2)
    # Bigrams 01:2, 10:2, 02:1 give n1=1, n2=2, n3=n4=none (taken as 1): Y=0.2, D1=0.2, D2=1.7.
    # Continuations: 1 behind one word, 0 behind one, 2 behind one: n1=3, n2=1: Y=0.6, D1=0.6.
    uniform, unigram_left = 1 / 4, 3 * 0.6 / 3
    unigram = (1 - 0.6) / 3 + unigram_left * uniform
    chance = (2 - 1.7) / 3 + (1.7 + 0.2) / 3 * unigram
    assert math.exp(-model.measure_nats([[0, 1]])) == pytest.approx(chance)


def test_longer_contexts_help_where_words_follow_a_rule():
    works = [[word % 6 for word in range(start, start + 30)] for start in range(6)]
    assert KneserNey(works, 6, 3).measure_nats(works) < 0.2 * KneserNey(works, 6, 1).measure_nats(works)


def test_a_word_never_seen_is_unlikely_and_not_impossible():
    assert 0 < math.exp(-KneserNey(WORKS, 9, 3).measure_nats([[0, 8]])) < 0.02
