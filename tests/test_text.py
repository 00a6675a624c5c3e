"""What a word is: text as people type and paste it in Slack, and what is read in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import MAX_CHARACTERS, MAX_WORDS, plain, stems, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("<@U012AB3CD> who pays?", "who pays?", id="mention of a person"),
        pytest.param("<@U012AB3CD|maya> who pays?", "who pays?", id="mention with a name"),
        pytest.param("<#C012AB3CD|general> who pays?", "who pays?", id="mention of a channel"),
        pytest.param("<!here> <!channel> <!everyone> who pays?", "who pays?", id="broadcast"),
        pytest.param("<!subteam^S012AB3CD|@hr-team> who pays?", "who pays?", id="mention of a group"),
        pytest.param("due <!date^1392734382^{date}|Feb 18> or", "due Feb 18 or", id="a date keeps what a reader sees"),
        pytest.param("see <https://irs.gov/peo>", "see", id="link"),
        pytest.param("see <https://irs.gov|the IRS page> first", "see the IRS page first", id="link with a label"),
        pytest.param("see <https://irs.gov/peo|irs.gov/peo> first", "see first", id="link with its address as label"),
        pytest.param("mail <mailto:hr@zoo.example|hr@zoo.example>", "mail", id="mail address"),
        pytest.param("see https://irs.gov/peo?x=1 and www.irs.gov too", "see and too", id="bare links"),
        pytest.param("R&amp;D, 3 &lt; 5 &gt; 4", "R&D, 3 < 5 > 4", id="escapes"),
        pytest.param("&amp;lt;", "&lt;", id="an escaped escape is opened once"),
        pytest.param("&lt;@U012AB3CD&gt; typed by hand", "<@U012AB3CD> typed by hand", id="an escaped mention is text"),
        pytest.param("law&regulations&copy", "law&regulations&copy", id="an ampersand between words is no escape"),
        pytest.param("who pays :thinking_face: :+1::skin-tone-3: ?", "who pays ?", id="emoji codes"),
        pytest.param("call at 10:30 or 9:00:15", "call at 10:30 or 9:00:15", id="times are no emoji codes"),
        pytest.param("PEO:aso:both", "PEO:aso:both", id="colons inside a word are no emoji code"),
        pytest.param("“who’s” ‘it’ don´t whoʼs 5′ `peo`", "\"who's\" 'it' don't who's 5' 'peo'", id="curly quotes"),
        pytest.param("pay\u200broll co\u00ademploy\ufeffment", "payroll coemployment", id="marks without width"),
        pytest.param("\u202emarked\u202c \u2067peo\u2069 \u200faso", "marked peo aso", id="marks of direction"),
        pytest.param("peo\u2028aso\u2029both\x0bor\tnone\r\n", "peo aso both or none", id="every kind of line end"),
        pytest.param("peo\x00aso\x1b[31m", "peo aso [31m", id="control characters"),
        pytest.param("ＰＥＯ ﬁle ½", "PEO file 1⁄2", id="letters of other widths"),
        pytest.param("  who \u00a0 pays  ", "who pays", id="spaces"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_plain_text_is_what_a_reader_sees(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Who handles CLAIMS?!", "who handles claims", id="case and punctuation"),
        pytest.param("co-employment/PEO_and*ASO*", "co employment peo and aso", id="signs between words"),
        pytest.param("who's whos who’s who´s", "who is who is who is who is", id="who is, however it is typed"),
        pytest.param("PEO's employees' 941's", "peo employees 941 s", id="possessives"),
        pytest.param("we're they've he'll I'd I'm", "we they he i i", id="endings of contractions"),
        pytest.param(
            "don't dont can't cant cannot", "do not do not can not can not can not", id="not, however it is typed"
        ),
        pytest.param("n't N't", "not not", id="not alone"),
        pytest.param("won't wouldnt isn't mustn't", "will not would not is not must not", id="more not"),
        pytest.param("its were well shed", "its were well shed", id="words that only look like contractions"),
        pytest.param("gonna wanna gotta", "going to want to have to", id="spoken forms"),
        pytest.param("W-2 W2 w-2", "w 2 w 2 w 2", id="a form's name"),
        pytest.param("W-2s w2s W2's", "w 2 s w 2 s w 2 s", id="a form's name in the plural"),
        pytest.param("401(k) 401k 401-K", "401 k 401 k 401 k", id="a plan's name"),
        pytest.param("$1,500.75 in 2,026", "1,500.75 in 2,026", id="numbers stay whole"),
        pytest.param("at 10:30", "at 10 30", id="a time"),
        pytest.param("P.E.O. and A.S.O", "peo and aso", id="letters with full stops"),
        pytest.param("Q: What is a PEO?", "what is a peo", id="a mark before a question from a list"),
        pytest.param("Question 3 - who pays", "who pays", id="a numbered one"),
        pytest.param("question for you: who pays", "question for you who pays", id="a question about a question"),
        pytest.param("who pays SUTA?\n\nBest regards,\nJo Smith\nCEO", "who pays suta", id="a signature"),
        pytest.param("who pays SUTA?\n-- \nJo Smith, CEO", "who pays suta", id="a signature after two dashes"),
        pytest.param("Thanks, who pays SUTA?", "thanks who pays suta", id="thanks before a question are no signature"),
        pytest.param("what is a РЕО", "what is a peo", id="Cyrillic letters that look like Latin ones"),
        pytest.param("STRASSE straße", "strasse strasse", id="case folding"),
        pytest.param("¿Quién paga? Кто платит? مَن", "quién paga кто платит م ن", id="other languages"),
        pytest.param("🦓 :zebra_face: ... !!! <@U1>", "", id="nothing to read"),
    ],
)
def test_words_are_what_all_spellings_of_them_share(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("unemployment claims", "Unemployment claim?", id="plural"),
        pytest.param("who manages", "who managed", id="tense"),
        pytest.param("our W-2s", "our w2s", id="hyphen"),
        pytest.param("workers' compensation policies", "worker’s compensation policy", id="possessive"),
    ],
)
def test_inflected_forms_share_their_stems(one: str, other: str) -> None:
    assert stems(one) == stems(other)


@pytest.mark.parametrize(("one", "other"), [("claims", "claimants"), ("tax", "taxi"), ("policy", "police")])
def test_different_words_have_different_stems(one: str, other: str) -> None:
    assert stems(one) != stems(other)


# 40,000 characters are the most that Slack lets through.
@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a|",
        "<@U1>",
        ":a",
        ":",
        ":1",
        "&",
        "&amp;",
        "&#1",
        "a'",
        "n't",
        "1,",
        "https://",
        "\u200b",
        "\ufdfa",
        "ß",
        "peo ",
    ],
)
def test_forty_thousand_characters_of_anything_are_cut_to_what_later_stages_can_bear(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    assert len(plain(text)) <= MAX_CHARACTERS
    assert len(words(text)) <= MAX_WORDS


def test_a_long_message_is_read_from_its_beginning() -> None:
    assert words("whose SUTA rate? " + "blah " * 8_000)[:3] == ["whose", "suta", "rate"]


@given(st.text())
def test_any_text_has_words_of_letters_or_digits_in_lower_case(text: str) -> None:
    for word in words(text):
        assert word == word.casefold()
        assert word[0].isalnum()


@given(st.text())
def test_plain_text_holds_no_control_characters_and_no_spare_spaces(text: str) -> None:
    shown = plain(text)
    assert shown == " ".join(shown.split())
    assert not any(ord(sign) < 32 or 0x7F <= ord(sign) < 0xA0 for sign in shown)


@given(st.text(st.characters(codec="ascii", categories=["L", "Nd", "Zs"])))
def test_case_and_the_space_around_words_do_not_matter(text: str) -> None:
    assert words(text.upper()) == words(f"  {text.lower()}\n")


@given(st.text(), st.sampled_from(["<@U012AB3CD> ", ":wave: ", "<https://irs.gov> ", "\u200b", "\u202e"]))
def test_markup_in_front_adds_no_word(text: str, markup: str) -> None:
    # A colon or bracket in the text could close what the markup's neighbor opens.
    safe = text.replace(":", " ").replace("<", " ").replace(">", " ")[:1_000]
    assert words(markup + safe) == words(safe)


@given(st.lists(st.sampled_from(["who", "pays", "the", "claims", "2026", "peo"]), max_size=20))
def test_words_are_read_in_their_order(said: list[str]) -> None:
    assert words(" ".join(said)) == said
