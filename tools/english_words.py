"""Write ``bot/english.txt``, the common English words that the bot tells typing errors from.

    uv run --with wordfreq==3.1.1 python -m tools.english_words

The bot reads the list and does without wordfreq, which takes 60 MB and six more packages.
"""

from __future__ import annotations

from bot.fitted import ENGLISH_WORDS

_MOST_FREQUENT = 30_000
_HEADER = """\
# Common English words, the most frequent first. Written by tools/english_words.py; do not edit.
#
# Taken from wordfreq 3.1.1 by Robyn Speer (https://github.com/rspeer/wordfreq): the words of its small English list
# that consist of letters, without their frequencies. Its data are licensed under CC BY-SA 4.0
# (https://creativecommons.org/licenses/by-sa/4.0/), and so is this file; the rest of the repository is not.
# wordfreq draws on Google Books Ngrams (http://books.google.com/ngrams), the Leeds Internet Corpus, Wikipedia,
# ParaCrawl, OPUS OpenSubtitles 2018 (http://www.opensubtitles.org/), and SUBTLEX-US and SUBTLEX-UK by Marc Brysbaert
# and others (http://crr.ugent.be/programs-data/subtitle-frequencies).
"""


def main() -> None:
    """Write the file."""
    import wordfreq

    words = [word for word in wordfreq.top_n_list("en", _MOST_FREQUENT, wordlist="small") if word.isalpha()]
    ENGLISH_WORDS.write_text(_HEADER + "".join(f"{word}\n" for word in words), encoding="utf-8")


if __name__ == "__main__":
    main()
