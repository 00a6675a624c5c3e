"""A question and where it was asked become one answer: a row, two, choices, an honest none, or silence."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering import LONGEST_THREAD, MOST_CHOICES, Answer, AnswerService, Thresholds
from bot.evaluation.report import read_labelled
from bot.fitted import common_english_words
from bot.knowledge import KnowledgeBase, load_knowledge
from bot.knowledge.load import GOLDEN
from bot.text import MAX_WORDS
from bot.understanding import Fitted, Match, Matcher, fit
from bot.understanding.clauses import MOST_JOINTS
from tests.knowledge.support import SHIPPED, Folder
from tests.shared import chatter

CLAIMS = "who handles unemployment claims under a PEO?"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """Three entries with few words, so that many questions resemble only one of them or none."""
    return load_knowledge(Folder.small(tmp_path_factory.mktemp("small")).path)


@pytest.fixture(scope="module")
def fitted(small: KnowledgeBase) -> Fitted:
    """What is learnt from the three."""
    return fit(small, common_english_words())


# --- Small talk


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("hello", "greeting", id="hello"),
        pytest.param("Good morning, bot!", "greeting", id="good morning, bot"),
        pytest.param("hi there :wave:", "greeting", id="hi with an emoji"),
        pytest.param("thanks!", "thanks", id="thanks"),
        pytest.param("thank you so much, that helps a lot", "thanks", id="many thanks"),
        pytest.param("hey, thanks", "thanks", id="a greeting and thanks"),
        pytest.param("ok great", "thanks", id="ok great"),
        pytest.param("help", "help", id="help"),
        pytest.param("What can you do?", "help", id="what can you do"),
        pytest.param("hi bot, what do you know?", "help", id="a greeting and a call for help"),
        pytest.param("", "empty", id="nothing"),
        pytest.param("?! …", "empty", id="punctuation"),
        pytest.param(":wave: 👋", "empty", id="emoji"),
        pytest.param("<@U123ABC>", "empty", id="a mention alone"),
        pytest.param("<https://example.org>", "empty", id="a link alone"),
        pytest.param("cheap flights to Peoria", "unknown", id="off topic"),
        pytest.param("who won the cup final?", "unknown", id="a question about something else"),
        pytest.param("zxqvbnm", "unknown", id="no word"),
    ],
)
def test_what_asks_nothing_that_we_know_is_told_why_it_gets_no_row(
    answers: AnswerService, text: str, reason: str
) -> None:
    answer = answers.answer(text)
    assert (answer.kind, answer.reason, answer.entries) == ("none", reason, ())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        pytest.param("hello, what is a PEO?", "peo", id="a greeting before"),
        pytest.param("what is a PEO? thanks!", "peo", id="thanks behind"),
        pytest.param("Thanks! who handles unemployment claims?", "unemployment-claims", id="thanks before"),
        pytest.param("help: who handles unemployment claims?", "unemployment-claims", id="help before"),
    ],
)
def test_a_question_among_small_talk_is_a_question(answers: AnswerService, text: str, topic: str) -> None:
    assert answers.answer(text).topics == (topic,)


# --- What is named


@pytest.mark.parametrize(
    ("question", "term", "topic"),
    [
        pytest.param("what does FUTA stand for", "FUTA", "wage-base-restart", id="stand for"),
        pytest.param("What does EIN mean?", "EIN", "ein-and-w2", id="mean"),
        pytest.param("define FEIN", "EIN", "ein-and-w2", id="another name of the term"),
        pytest.param("csa meaning", "CSA", "contract", id="meaning"),
        pytest.param("hey, what is the meaning of WSE please", "WSE", "cpeo", id="in manners"),
    ],
)
def test_an_acronym_that_is_asked_for_is_spelt_out_with_the_entry_to_read_on(
    answers: AnswerService, question: str, term: str, topic: str
) -> None:
    answer = answers.answer(question)
    assert answer.term is not None
    assert (answer.kind, answer.term.term, answer.topics) == ("answer", term, (topic,))


def test_every_term_of_the_glossary_is_told(answers: AnswerService, knowledge: KnowledgeBase) -> None:
    names = [(name, term) for term in knowledge.glossary for name in (term.term, *term.also)]
    asked = [(name, term, answers.answer(f"what does {name} stand for?")) for name, term in names]
    assert [name for name, term, answer in asked if answer.term != term] == []


@pytest.mark.parametrize("question", ["who pays FUTA?", "what does FUTA mean for my SUTA rate", "is FUTA federal"])
def test_a_question_that_says_more_than_an_acronym_is_no_call_for_its_meaning(
    answers: AnswerService, question: str
) -> None:
    assert answers.answer(question).term is None


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        pytest.param("define ASO", "aso", id="define"),
        pytest.param("co-employment?", "co-employment", id="the name alone"),
        pytest.param("COBRA", "cobra", id="in capitals"),
        pytest.param("what is a PEO, in plain English", "peo", id="in plain English"),
        pytest.param("explain joint employment please", "joint-employment", id="explain"),
        pytest.param("what's a certified PEO", "cpeo", id="a name of several words"),
    ],
)
def test_a_name_and_nothing_else_asks_for_its_entry(answers: AnswerService, question: str, topic: str) -> None:
    answer = answers.answer(question)
    assert (answer.kind, answer.topics) == ("answer", (topic,))


def test_every_entry_answers_its_own_question(answers: AnswerService, knowledge: KnowledgeBase) -> None:
    asked = {entry.id: answers.answer(entry.question).topics for entry in knowledge.entries.values()}
    assert {entry_id: topics for entry_id, topics in asked.items() if topics != (entry_id,)} == {}


@pytest.mark.parametrize("setting", ["with {}", "under an {}", "in a {}"])
def test_an_entrys_question_that_names_a_model_as_the_setting_stays_its_own(
    answers: AnswerService, knowledge: KnowledgeBase, setting: str
) -> None:
    # Those of the models themselves name one already.
    questions = {entry.id: entry.question.removesuffix("?") for entry in knowledge.entries.values()}
    asked = {
        (entry_id, model): answers.answer(f"{question} {setting.format(model)}?").topics
        for entry_id, question in questions.items()
        if entry_id not in ("peo", "aso")
        for model in ("PEO", "ASO")
    }
    assert {key: topics for key, topics in asked.items() if topics != (key[0],)} == {}


# --- Two topics


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        pytest.param(
            "who handles unemployment claims and whose SUTA rate is used?",
            ("unemployment-claims", "suta-rate"),
            id="and",
        ),
        pytest.param(
            "whose SUTA rate is used, and who handles unemployment claims?",
            ("suta-rate", "unemployment-claims"),
            id="in the order of the question",
        ),
        pytest.param(
            "Who files the EEO-1 report? And who does the I-9?", ("eeo-1-report", "i9-and-e-verify"), id="two sentences"
        ),
    ],
)
def test_two_topics_that_are_asked_for_together_are_answered_together(
    answers: AnswerService, question: str, topics: tuple[str, str]
) -> None:
    answer = answers.answer(question)
    assert (answer.kind, answer.topics) == ("answer", topics)


@pytest.mark.parametrize(
    "question",
    ["who handles unemployment claims, PEO or ASO?", "who handles unemployment claims, us or the PEO, and when?",
     "under an ASO, who handles unemployment claims?"],
)  # fmt: skip
def test_one_topic_in_several_clauses_is_one_row(answers: AnswerService, question: str) -> None:
    assert answers.answer(question).topics == ("unemployment-claims",)


# --- What is set aside


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        pytest.param("not workers' comp, I mean who handles unemployment claims", "unemployment-claims", id="not this"),
        pytest.param("not who files the EEO-1, who does the I-9?", "i9-and-e-verify", id="not who does this"),
        pytest.param("who handles unemployment claims (not the SUTA rate)?", "unemployment-claims", id="behind it"),
        pytest.param("I know what a PEO is. What is an ASO?", "aso", id="one model known, the other asked for"),
        pytest.param("what is a PEO (not an ASO)?", "peo", id="the other model behind it"),
    ],
)
def test_what_is_set_aside_is_not_what_is_answered(answers: AnswerService, question: str, topic: str) -> None:
    assert answers.answer(question).topics == (topic,)


# --- Second turns


@pytest.mark.parametrize(
    ("thread", "question", "topics", "focus"),
    [
        pytest.param([CLAIMS], "and under an ASO?", ("unemployment-claims",), "aso", id="another model"),
        pytest.param([CLAIMS], "ASO?", ("unemployment-claims",), "aso", id="another model in one word"),
        pytest.param(
            ["whose SUTA rate is used under an ASO?"], "PEO?", ("suta-rate",), "peo", id="the other way round"
        ),
        pytest.param([CLAIMS], "why?", ("unemployment-claims",), None, id="why"),
        pytest.param([CLAIMS, "and under an ASO?"], "why?", ("unemployment-claims",), None, id="a third turn"),
        pytest.param(
            [CLAIMS, "thanks", "hello"], "why?", ("unemployment-claims",), None, id="small talk between the turns"
        ),
        pytest.param(
            ["what is a PEO?", "who files the EEO-1 report?"], "why?", ("eeo-1-report",), None, id="the latest topic"
        ),
        pytest.param(["what is a PEO?"], "and an ASO?", ("aso",), "aso", id="from one concept to the other"),
        pytest.param([CLAIMS], "and COBRA?", ("cobra",), None, id="another topic in one word"),
        pytest.param([CLAIMS], "who files the EEO-1 report?", ("eeo-1-report",), None, id="a fresh topic"),
        pytest.param([CLAIMS], "what is co-employment?", ("co-employment",), None, id="a name that is asked for"),
        pytest.param([CLAIMS], "who won the cup final?", (), None, id="a fresh question that is not ours"),
        pytest.param([CLAIMS], "thanks!", (), None, id="thanks"),
        pytest.param([CLAIMS], "what can you do?", (), None, id="a call for help"),
        pytest.param([], "why?", (), None, id="nothing before"),
        pytest.param(["hello", "thanks"], "why?", (), None, id="only small talk before"),
        pytest.param(["zxqvbnm"], "why?", (), None, id="nothing that we know before"),
    ],
)
def test_a_second_turn_takes_from_the_thread_what_it_does_not_say_itself(
    answers: AnswerService, thread: list[str], question: str, topics: tuple[str, ...], focus: str | None
) -> None:
    answer = answers.answer(question, thread=thread)
    assert (answer.topics, answer.focus) == (topics, focus)


@pytest.mark.parametrize("off", ["aso", "peo"])
def test_a_turn_to_a_model_whose_entry_is_switched_off_does_no_harm(small: KnowledgeBase, off: str) -> None:
    kept = {entry_id: entry for entry_id, entry in small.entries.items() if entry_id != off}
    asked = {entry_id: small.phrasings[entry_id] for entry_id in kept}
    reduced = KnowledgeBase(**{**vars(small), "entries": kept, "phrasings": asked, "glossary": ()})
    service = AnswerService(reduced, fit(reduced, common_english_words()))
    for thread, question in ((["what is a PEO?"], "and an ASO?"), (["what is an ASO?"], "and a PEO?")):
        assert set(service.answer(question, thread=thread).topics) <= kept.keys()


# --- Messages that nobody addressed to the bot


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        pytest.param("Who handles unemployment claims?", "unemployment-claims", id="a plain question"),
        pytest.param("hey, who handles unemployment claims?", "unemployment-claims", id="in manners"),
        pytest.param("whose SUTA rate is used under a PEO?", "suta-rate", id="about a model"),
        pytest.param("under a PEO, whose SUTA rate is used?", "suta-rate", id="a condition before"),
    ],
)
def test_a_plain_general_question_to_the_room_is_answered(answers: AnswerService, message: str, topic: str) -> None:
    answer = answers.answer(message, addressed=False)
    assert (answer.kind, answer.topics) == ("answer", (topic,))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("The PEO handles unemployment claims.", id="a statement"),
        pytest.param("under a PEO the client pays SUTA", id="a statement with a condition"),
        pytest.param("I think the PEO handles unemployment claims, right?", id="an opinion"),
        pytest.param("unemployment claims", id="a heading"),
        pytest.param("<@U123ABC> who handles unemployment claims?", id="to a person by mention"),
        pytest.param("@maria who handles unemployment claims?", id="to a person by an at sign"),
        pytest.param("<!here> who handles unemployment claims?", id="to everybody by mention"),
        pytest.param("Maria, who handles unemployment claims?", id="to a person by name"),
        pytest.param("who handles unemployment claims, Maria?", id="to a person by name at the end"),
        pytest.param("who handles unemployment claims for Harbor Dental?", id="about a client"),
        pytest.param("can you handle the unemployment claims?", id="a request"),
        pytest.param("could someone check who handles unemployment claims?", id="a request to the room"),
        pytest.param("are you the one who handles unemployment claims?", id="about a colleague"),
        pytest.param("who handles unemployment claims this week?", id="about a time"),
        pytest.param("who handles unemployment claims? ticket 4", id="about a ticket"),
        pytest.param("who handles unemployment claims in my 9:30 call?", id="about a meeting"),
        pytest.param("team, who handles unemployment claims?", id="to the team"),
        pytest.param("I'm out tomorrow, who handles unemployment claims?", id="about oneself"),
        pytest.param("who handles unemployment claims? https://example.org/claims", id="with a link"),
        pytest.param("who won the cup final?", id="a question about something else"),
        pytest.param("hello", id="a greeting"),
        pytest.param("thanks!", id="thanks"),
        pytest.param("what can you do?", id="a call for help"),
        pytest.param("", id="nothing"),
        pytest.param("why?", id="half a question"),
    ],
)
def test_what_colleagues_say_to_each_other_gets_no_reply(answers: AnswerService, message: str) -> None:
    answer = answers.answer(message, addressed=False)
    assert (answer.kind, answer.entries, answer.reason) == ("silent", (), None)


def test_a_thread_does_not_make_a_message_one_for_the_bot(answers: AnswerService) -> None:
    assert answers.answer("and under an ASO?", addressed=False, thread=[CLAIMS]).kind == "silent"


# --- Messages in a thread where the bot has answered


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        pytest.param("and under an ASO?", "unemployment-claims", id="the other model"),
        pytest.param("and under an aso", "unemployment-claims", id="the other model, typed in haste"),
        pytest.param("what about the other one", "unemployment-claims", id="the other one"),
        pytest.param("why?", "unemployment-claims", id="why"),
        pytest.param("source?", "unemployment-claims", id="source"),
        pytest.param("and COBRA?", "cobra", id="another topic in a word"),
        pytest.param("who is liable for payroll taxes?", "payroll-tax-liability", id="a fresh question"),
    ],
)
def test_in_a_thread_with_an_answer_the_next_question_needs_no_address(
    answers: AnswerService, message: str, topic: str
) -> None:
    answer = answers.answer(message, addressed=False, thread_topics=["unemployment-claims"])
    assert (answer.kind, answer.topics) == ("answer", (topic,))
    assert answers.answer(message, thread_topics=["unemployment-claims"]).topics == (topic,)


@pytest.mark.parametrize(
    "message",
    [
        "thanks, that helps",
        "ok I'll tell the client",
        "yeah but our PEO does it differently",
        "so it is the PEO",
        "then PEO all day",
        "really?",
        "are you sure?",
        "Carla, who handles that with a PEO?",
        "hey Carla who handles that with a PEO?",
        "@carla and under an ASO?",
        "<@U0CARLA> and under an ASO?",
        "is that what you told them, Jim?",
        "what did the client say?",
        "which client is this for?",
        "when is the call?",
        "can you loop in Dana?",
        "where's the spreadsheet for this?",
    ],
)
def test_what_people_say_to_each_other_in_a_thread_gets_no_reply(answers: AnswerService, message: str) -> None:
    answer = answers.answer(message, addressed=False, thread_topics=["unemployment-claims"])
    assert (answer.kind, answer.entries) == ("silent", ())


def test_colleagues_who_talk_in_a_thread_are_left_alone(answers: AnswerService) -> None:
    """Chatter, as it is in channels, put into a thread: whatever gets a reply there is a question."""
    messages = chatter()
    assert len(messages) > 150
    replied = [
        message
        for message in messages
        if answers.answer(message, addressed=False, thread_topics=["unemployment-claims"]).kind != "silent"
    ]
    assert replied == []


def test_topics_that_are_gone_from_the_knowledge_leave_a_second_turn_alone(answers: AnswerService) -> None:
    assert answers.answer("and under an ASO?", addressed=False, thread_topics=["gone"]).kind == "silent"
    assert answers.answer("and under an ASO?", thread_topics=["gone"]).kind == "none"
    assert answers.answer("who pays the SUTA tax rate?", thread_topics=["gone"]).kind == "answer"


# --- A button


def test_a_button_shows_its_entry_and_an_old_one_nothing(answers: AnswerService) -> None:
    shown = answers.show("cobra")
    assert shown is not None
    assert (shown.kind, shown.topics) == ("answer", ("cobra",))
    assert answers.show("no-longer-there") is None


# --- Whatever is typed


def faults_of(answer: Answer, service: AnswerService, *, addressed: bool) -> list[str]:
    """What is wrong with an answer as such."""
    many = len(answer.entries)
    sound = {
        "kind": answer.kind in (("answer", "choices", "none") if addressed else ("answer", "silent")),
        "topics": set(answer.topics) <= service.knowledge.entries.keys() and len(set(answer.topics)) == many,
        "number": {"answer": 1 <= many <= 2, "choices": 2 <= many <= MOST_CHOICES}.get(answer.kind, many == 0),
        "confidence": 0 <= answer.confidence <= 1,
        "focus": answer.focus in ("aso", "peo", None),
        "reason": (answer.reason is not None) == (answer.kind == "none"),
        "term": answer.term is None or answer.topics == (answer.term.see,),
        "micros": answer.micros >= 0,
    }
    return [name for name, is_sound in sound.items() if not is_sound]


PIECES = (
    "PEO", "ASO", "who", "what is a", "handles", "unemployment claims", "SUTA rate", "COBRA", "mean", "not", "i know",
    "and", "or", "but", ",", "?", ".", "why", "that", "thanks", "hello", "help", "other", "<@U1>", "zxqv", "payrol",
    "besides", "W-2", "401(k)", "Maria", "under an", "besides", ":wave:", "*", "&amp;", "workers' comp",
)  # fmt: skip
TYPED = st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@given(question=TYPED, addressed=st.booleans(), thread=st.lists(TYPED, max_size=3))
@settings(max_examples=200)
def test_any_text_anywhere_gives_one_sound_answer(
    answers: AnswerService, question: str, addressed: bool, thread: list[str]
) -> None:
    answer = answers.answer(question, addressed=addressed, thread=thread)
    assert faults_of(answer, answers, addressed=addressed) == []


@pytest.mark.parametrize(
    "thresholds",
    [
        pytest.param(Thresholds(), id="as shipped"),
        pytest.param(Thresholds(answer=0, choices=0, pair=0, plain=0), id="always sure"),
        pytest.param(Thresholds(answer=2, choices=0, pair=2, plain=2), id="never sure"),
    ],
)
@pytest.mark.parametrize(
    "question",
    ["zxqv", "who handles unemployment claims?", "unemployment", "PEO or ASO, and claims?", "explain", "letters", "?"],
)
@pytest.mark.parametrize("addressed", [True, False], ids=["addressed", "unaddressed"])
def test_however_little_the_bot_knows_and_however_sure_it_is_the_answer_is_sound(
    small: KnowledgeBase, fitted: Fitted, thresholds: Thresholds, question: str, addressed: bool
) -> None:
    service = AnswerService(small, fitted, thresholds)
    assert faults_of(service.answer(question, addressed=addressed), service, addressed=addressed) == []


@given(question=TYPED, other=TYPED)
def test_the_same_question_always_gets_the_same_answer(answers: AnswerService, question: str, other: str) -> None:
    def decided() -> tuple[object, ...]:
        answer = answers.answer(question)
        return answer.kind, answer.topics, answer.focus, answer.confidence, answer.reason, answer.match

    first = decided()
    answers.answer(other)
    assert decided() == first


# --- What does not change a question

GOLDEN_QUESTIONS = sorted({one.question for one in read_labelled(SHIPPED / GOLDEN, ()) if not one.thread})


def same(answers: AnswerService, question: str, changed: str) -> bool:
    one, other = answers.answer(question), answers.answer(changed)
    return (one.kind, one.topics) == (other.kind, other.topics)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{}!!!", id="exclamation marks"),
        pytest.param("{} ???", id="question marks"),
        pytest.param("… {} …", id="dots"),
        pytest.param("{} :pray: 🙏", id="emoji behind"),
        pytest.param("👋 :wave: {}", id="emoji before"),
        pytest.param("<@U123ABC> {}", id="a mention before"),
        pytest.param("{} <@U123ABC>", id="a mention behind"),
        pytest.param("*{}*", id="bold"),
        pytest.param("_{}_", id="italics"),
        pytest.param("~{}~", id="struck through"),
        pytest.param("`{}`", id="code"),
        pytest.param("> {}", id="a quotation"),
        pytest.param('"{}"', id="quotes"),
        pytest.param("“{}”", id="curly quotes"),
        pytest.param("({})", id="brackets"),
        pytest.param("\n\n  {}\t\n", id="space"),
        pytest.param("\u200b{}\ufeff", id="marks without width"),
    ],
)
def test_punctuation_emoji_and_markup_around_a_question_do_not_change_its_answer(
    answers: AnswerService, template: str
) -> None:
    sample = random.Random(template).sample(GOLDEN_QUESTIONS, 80)
    assert [question for question in sample if not same(answers, question, template.format(question))] == []


@pytest.mark.parametrize("changed", [str.upper, str.lower, str.title, str.swapcase])
def test_case_does_not_change_an_answer(answers: AnswerService, changed: type[str]) -> None:
    sample = random.Random(4).sample(GOLDEN_QUESTIONS, 120)
    assert [question for question in sample if not same(answers, question, changed(question))] == []


@given(data=st.data(), question=st.sampled_from(GOLDEN_QUESTIONS))
@settings(max_examples=200)
def test_filler_around_a_question_does_not_change_its_answer(
    answers: AnswerService, knowledge: KnowledgeBase, data: st.DataObject, question: str
) -> None:
    filler = st.lists(st.sampled_from(knowledge.vocabulary.filler), max_size=2).map(" ".join)
    before, after = data.draw(filler), data.draw(filler)
    assert same(answers, question, f"{before} {question} {after}")


@given(data=st.data(), question=st.sampled_from(GOLDEN_QUESTIONS))
def test_filler_between_commas_does_not_change_an_answer(
    answers: AnswerService, knowledge: KnowledgeBase, data: st.DataObject, question: str
) -> None:
    filler = st.sampled_from(knowledge.vocabulary.filler)
    changed = f"{data.draw(filler)}, {question.rstrip('?.')}, {data.draw(filler)}?"
    assert same(answers, question, changed)


# --- Hostile texts

CHARACTERS = 40_000


class Counting(Matcher):
    """A matcher that knows how often it was asked, and for how many words."""

    def __init__(self, matcher: Matcher) -> None:
        vars(self).update(vars(matcher))
        self.words_read: list[int] = []

    def match(self, question: str) -> Match | None:
        found = super().match(question)
        self.words_read.append(len(found.reading.words) if found is not None else 0)
        return found


def counted(service: AnswerService, text: str, thread: Sequence[str] = ()) -> list[int]:
    """How many words were read in each step of answering."""
    counting = Counting(service.matcher)
    copy = AnswerService.__new__(AnswerService)
    vars(copy).update(vars(service), matcher=counting)
    assert faults_of(copy.answer(text, thread=thread), copy, addressed=True) == []
    assert copy.answer(text, addressed=False).kind in ("answer", "silent")
    return counting.words_read


@pytest.mark.parametrize(
    "piece",
    ["a", "a, ", "1, ", "no, ", "not ", "besides ", "other than ", "but ", "who and ", "PEO and ASO, ", "<", "<@", "&",
     "&amp;", "?", "a'", ":a", "((", "i know ", "hey ", "zxqv ", "misspelt payrol ", "Aaa ", "ﷺ", "🙏", "e\u0301",
     "\u200b", " ", "\n", "who handles unemployment claims? ", "w2 ", "do not want to "],
)  # fmt: skip
def test_forty_thousand_characters_are_answered_in_a_few_steps_of_a_few_words(
    answers: AnswerService, piece: str
) -> None:
    text = (piece * CHARACTERS)[:CHARACTERS]
    read = counted(answers, text)
    assert len(read) <= 2 * (2 + 2 * MOST_JOINTS)
    assert max(read, default=0) <= MAX_WORDS


def test_of_a_long_thread_only_the_last_turns_are_read(answers: AnswerService) -> None:
    thread = ["zxqv and xvqz, " * 40] * 200
    read = counted(answers, "why?", thread)
    assert LONGEST_THREAD < len(read) <= (1 + 2 * LONGEST_THREAD) * (2 + 2 * MOST_JOINTS)
    assert max(read) <= MAX_WORDS
