"""Which states a question names, whatever else its words could mean, and what it says without them."""

from __future__ import annotations

import pytest

from bot.answering import AnswerService
from bot.knowledge import KnowledgeBase
from bot.understanding import EVERY_STATE, Gazetteer

# What a question names: postal codes, and names of what is not covered.
NAMED = [
    ("who pays in OR, us or them", "OR"),
    ("WHOSE SUTA RATE IN OHIO", "OH"),
    ("WHOSE SUTA IN TX", "TX"),
    ("HI: whose suta rate", "HI"),
    ("in HI whose comp", "HI"),
    ("oh in OH whose rate", "OH"),
    ("workers in ME", "ME"),
    ("Portland, ME suta", "ME"),
    ("in Portland, OR whose suta", "OR"),
    ("in Portland Oregon", "OR"),
    ("our Gary, IN plant", "IN"),
    ("suta in ID", "ID"),
    ("ID license for a PEO", "ID"),
    ("in CO whose suta", "CO"),
    ("LA suta rate", "LA"),
    ("in LA whose comp", "LA"),
    ("our L.A. team", "CA"),
    ("MA comp policy", "MA"),
    ("in ma whose comp", "MA"),
    ("PA unemployment account", "PA"),
    ("in va whose comp policy", "VA"),
    ("whose suta in tx and ok", "TX"),
    ("whose suta in TX and OK", "TX, OK"),
    ("TX/NY/NJ suta", "TX, NY, NJ"),
    ("NJ, NY & PA", "NJ, NY, PA"),
    ("in Texas, OR is it the client's", "TX"),
    ("TX, FL, OH and IN staff", "TX, FL, OH, IN"),
    ("washington suta", "WA"),
    ("Washington, D.C. suta", "DC"),
    ("washington dc", "DC"),
    ("washington d.c.", "DC"),
    ("D.C. license", "DC"),
    ("in DC", "DC"),
    ("dc suta", "DC"),
    ("district of columbia", "DC"),
    ("Washington State and Washington DC", "WA, DC"),
    ("west virginia", "WV"),
    ("virginia and west virginia", "VA, WV"),
    ("W. Va. comp", "WV"),
    ("arkansas", "AR"),
    ("kansas", "KS"),
    ("Kansas City, KS", "KS"),
    ("Kansas City Kansas", "KS"),
    ("kansas city", "MO"),
    ("Oklahoma City", "OK"),
    ("Georgia (the country)", "the country of Georgia"),
    ("Tbilisi, Georgia", "the country of Georgia"),
    ("georgia", "GA"),
    ("Athens, Georgia", "GA"),
    ("Paris, Texas", "TX"),
    ("Ontario, CA", "CA"),
    ("Ontario, California", "CA"),
    ("Ontario", "Ontario"),
    ("Vancouver WA", "WA"),
    ("new mexico", "NM"),
    ("mexico", "Mexico"),
    ("New Mexico and Mexico", "NM, Mexico"),
    ("new jersy", "NJ"),
    ("newyork", "NY"),
    ("pensylvania", "PA"),
    ("conneticut", "CT"),
    ("tenessee", "TN"),
    ("massachussetts", "MA"),
    ("missisippi", "MS"),
    ("louisana", "LA"),
    ("californa", "CA"),
    ("flordia", "FL"),
    ("texes", "TX"),
    ("illinios", "IL"),
    ("minnisota", "MN"),
    ("michgan", "MI"),
    ("wisconson", "WI"),
    ("oregan", "OR"),
    ("virgina", "VA"),
    ("north carolna", "NC"),
    ("rhode islnad", "RI"),
    ("philadelpia", "PA"),
    ("hawai", "HI"),
    ("arizon", "AZ"),
    ("colarado", "CO"),
    ("gorgia", "GA"),
    ("indana", "IN"),
    ("south dakato", "SD"),
    ("west virgina", "WV"),
    ("new hamshire", "NH"),
    ("in Ill. whose comp", "IL"),
    ("Miss. workers comp", "MS"),
    ("Mass. comp policy", "MA"),
    ("Wash. comp", "WA"),
    ("Ore. license", "OR"),
    ("Pa. suta", "PA"),
    ("Tex. license", "TX"),
    ("in Austin whose comp", "TX"),
    ("our Charlotte office", "NC"),
    ("Phoenix team", "AZ"),
    ("Delaware LLC, people in Ohio, whose suta", "OH"),
    ("incorporated in Delaware, staff in Ohio", "OH"),
    ("HQ in NY but staff work in NJ", "NJ"),
    ("headquartered in Chicago, everyone works in Indiana", "IN"),
    ("our PEO is in Florida, our people in Georgia", "GA"),
    ("our PEO is based in Florida", "FL"),
    ("moved from Texas to Ohio", "OH"),
    ("not Texas, Ohio", "OH"),
    ("the Carolinas", "NC, SC"),
    ("North and South Carolina suta", "NC, SC"),
    ("both Dakotas", "ND, SD"),
    ("North Carolina and South Carolina", "NC, SC"),
    ("Texan staff", "TX"),
    ("New Yorkers", "NY"),
    ("Californians", "CA"),
    ("Ohio-based crew", "OH"),
    ("TX-based crew", "TX"),
    ("Texas's rule", "TX"),
    ("Ohio's comp fund", "OH"),
    ("NYC", "NY"),
    ("nyc office", "NY"),
    ("Vegas", "NV"),
    ("Philly", "PA"),
    ("a PEO in the UK", "the United Kingdom"),
    ("British Columbia", "British Columbia"),
    ("<@U0BOT> whose suta in *Texas*?", "TX"),
    ("we're in Texas", "TX"),
    ("what about OR?", "OR"),
    ("and OH?", "OH"),
    ("and in ME?", "ME"),
    ("same for IN", "IN"),
    ("wa", "WA"),
    ("tx?", "TX"),
    ("in nj", "NJ"),
    ("nc", "NC"),
    ("hire in fl", "FL"),
    ("for me in florida", "FL"),
    ("New England", "CT, ME, MA, NH, RI, VT"),
    ("jersey shop", "NJ"),
    ("Salt Lake City", "UT"),
    ("St Louis", "MO"),
    ("St. Paul", "MN"),
    ("saint paul mn", "MN"),
    ("in Lincoln, Nebraska", "NE"),
    ("Buffalo NY and Newark NJ", "NY, NJ"),
    ("Columbus, Georgia", "GA"),
    ("Portland", "OR"),
    ("Miami-Dade crew", "FL"),
    ("New York City, NY", "NY"),
    ("Los Angeles, CA", "CA"),
    ("MN, PEO, whose account", "MN"),
    ("our MD office", "MD"),
    ("Md. suta", "MD"),
]
# Words that are something else.
NOT_NAMED = [
    "who pays in or out of state",
    "is it ours or the PEO's",
    "IS IT OURS OR THEIRS",
    "tell me who pays",
    "OK so whose rate",
    "ok, whose suta",
    "OK, whose suta",
    "Hi, whose suta",
    "oh, whose rate is it",
    "is that OK with the state",
    "does that include ME",
    "tax ID number",
    "our federal ID",
    "co-employment suta",
    "whose co is liable",
    "ACME CO. wants a PEO",
    "la liability",
    "de facto employer",
    "al the employees",
    "my ma runs the shop",
    "a PA works for us",
    "va benefits",
    "WVa",
    "main office",
    "the main thing",
    "Indian workers",
    "I feel ill. who handles comp",
    "we miss a deadline",
    "mass layoff",
    "wash the trucks",
    "Austin asked about comp",
    "Charlotte from HR asks whose suta",
    "we're a Nevada corporation",
    "other than Texas",
    "turkey sandwiches",
    "columbia",
    "OH?",
    "do I need SUTA in my state",
    "in state workers",
    "so cal",
    "Lincoln asked",
    "In what state is SUTA paid, home or work",
    "MD practice, whose comp",
]


@pytest.fixture(scope="module")
def gazetteer(knowledge: KnowledgeBase, answers: AnswerService) -> Gazetteer:
    return Gazetteer(knowledge.places, answers.matcher.english.has)


@pytest.mark.parametrize(("question", "places"), NAMED)
def test_every_place_is_read_in_the_order_of_the_question(gazetteer: Gazetteer, question: str, places: str) -> None:
    assert ", ".join(gazetteer.read(question).named) == places


@pytest.mark.parametrize("question", NOT_NAMED)
def test_a_word_that_could_be_a_place_is_none_where_no_place_would_stand(gazetteer: Gazetteer, question: str) -> None:
    assert gazetteer.read(question).named == ()


def test_every_state_is_known_by_its_name_and_its_postal_code(gazetteer: Gazetteer, knowledge: KnowledgeBase) -> None:
    states = knowledge.places.states
    assert len(states) == 51
    assert {
        code for code, state in states.items() if gazetteer.read(f"suta in {state.name}").states != (code,)
    } == set()
    assert {code for code in states if gazetteer.read(f"whose suta rate is used in {code}").states != (code,)} == set()


def test_a_state_is_known_by_its_cities_and_its_people(gazetteer: Gazetteer, knowledge: KnowledgeBase) -> None:
    states = knowledge.places.states
    cities = {city: code for code, state in states.items() for city in state.cities}
    assert len(cities) >= 60
    assert {city for city, code in cities.items() if gazetteer.read(f"our staff in {city}").states != (code,)} == set()
    people = {name: code for code, state in states.items() for name in state.people}
    assert {name for name, code in people.items() if gazetteer.read(f"{name} staff").states != (code,)} == set()


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        pytest.param("in florida is it our rate", "is it our rate", id="a place first"),
        pytest.param("whose rate is used in the state of Maine?", "whose rate is used?", id="a place last"),
        pytest.param("does a PEO need a nevada license", "does a PEO need a license", id="a place before its noun"),
        pytest.param("does utah allow a master policy", "does the state allow a master policy", id="a place that acts"),
        pytest.param("for Oregon OSHA rules", "for OSHA rules", id="a preposition of what follows"),
        pytest.param("we're in Texas, who handles benefits?", "who handles benefits?", id="a setting"),
        pytest.param("Our shop is in Minneapolis. Whose rate is it?", "Whose rate is it?", id="a sentence of its own"),
        pytest.param("staff in NY and NJ, ours or theirs", "ours or theirs", id="a list"),
        pytest.param("whose rate is it", "whose rate is it", id="no place"),
        pytest.param("is a license needed there", "is a license needed", id="a word that points"),
    ],
)
def test_what_is_left_asks_the_same_without_the_place(gazetteer: Gazetteer, question: str, rest: str) -> None:
    assert gazetteer.read(question).rest == rest


@pytest.mark.parametrize(
    ("question", "is_bare"),
    [
        ("what about Texas?", True),
        ("and in FL?", True),
        ("same in Ohio?", True),
        ("ok, and for our Texas team?", True),
        ("we're in Florida", True),
        ("not Texas, I meant Oklahoma", True),
        ("what about a license in Texas?", False),
        ("and the SUTA rate in Ohio?", False),
    ],
)
def test_a_turn_may_say_nothing_but_a_place(gazetteer: Gazetteer, question: str, is_bare: bool) -> None:
    assert gazetteer.read(question).is_bare is is_bare


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("Which states require client-level reporting?", True),
        ("what states use the PEO's rate", True),
        ("in how many states is a license needed", True),
        ("is there a list of the states that license PEOs?", True),
        ("SUTA rules by state", True),
        ("state-by-state table of licenses", True),
        ("which state do I file in", False),
        ("we have people in five states", False),
        ("do all states tax this", False),
        ("can we limit which states our people work from", False),
        ("what happens if we have staff in two states", False),
        ("is the account in our name in five states", False),
        ("what are the states that license PEOs", True),
        ("in which of the 50 states is a license needed", True),
        ("list all the states with a state fund", True),
    ],
)
def test_a_question_may_ask_for_all_states(gazetteer: Gazetteer, question: str, asks: bool) -> None:
    places = gazetteer.read(question)
    assert places.asks_for_all is asks
    assert (EVERY_STATE in places.named) is asks


@pytest.mark.parametrize(
    ("question", "points"),
    [
        ("is a license needed there?", True),
        ("and whose comp is it over there", True),
        ("what about comp in that state", True),
        ("is there a fee", False),
        ("are there any rules", False),
        ("there is a form, who files it", False),
        ("is a license needed in Texas or there", False),
    ],
)
def test_a_question_may_point_to_a_place_named_before(gazetteer: Gazetteer, question: str, points: bool) -> None:
    assert gazetteer.read(question).points is points


@pytest.mark.parametrize(
    "word", ["pa ", "in Texas, ", "Lincoln ", "suta in new jersy ", "Texsa ", "\x00", "in in OR OR "]
)
def test_a_pasted_text_of_any_length_is_read_in_a_moment(gazetteer: Gazetteer, word: str) -> None:
    gazetteer.read(word * 20_000)
