"""Every table of ours. Times are seconds since the epoch, by the database's clock, which all replicas share.

Each row carries its workspace (``team_id``), and every query asks for one: two workspaces never meet.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Double, Index, Integer, MetaData, String, Table

from bot.store.columns import Id, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What the bot was asked, by words or by a button, from the ack until the answer; afterwards what became of it.
questions = Table(
    "questions",
    metadata,
    Column("id", Id(36), primary_key=True),
    Column("team_id", Id(32), nullable=False),
    Column("enterprise_id", Id(32)),
    # See `Surface`.
    Column("surface", String(16), nullable=False),
    Column("channel_id", Id(32), nullable=False),
    # The message that asks, or under whose blocks the button stands; a command has none.
    Column("message_ts", Id(32)),
    # The thread that the reply belongs in.
    Column("thread_ts", Id(32)),
    # Of what becomes of a message later, an edit or its deletion, when that was, by Slack's clock.
    Column("revision", Id(32)),
    Column("user_hash", String(64), nullable=False),
    # Erased with the reply: the asker, who is written to where the reply can stand nowhere else; the words, or what a
    # button asks for; and the address of what one person alone sees.
    Column("user_id", Id(32)),
    Column("text", Words),
    Column("button", JSON(none_as_null=True)),
    Column("response_url", Words),
    # open, done or failed.
    Column("state", String(8), nullable=False),
    # While it is open, and until the last check for duplicates of its reply: who works on it, and from when on anybody
    # may take it. An owner who let that time pass died.
    Column("owner", String(36)),
    Column("due_at", Double),
    # How many seconds ahead that was when it was set. If it is further ahead than this, the clock was set back.
    Column("wait_seconds", Double),
    # How many processes died over it.
    Column("deaths", Integer, nullable=False),
    # A reply may stand in Slack already, so that whoever works on it next looks first.
    Column("may_be_sent", Boolean, nullable=False),
    Column("accepted_at", Double, nullable=False),
    Column("done_at", Double),
    # What became of it.
    Column("kind", String(8)),
    Column("topics", JSON(none_as_null=True)),
    # Of those that the bot knows by name: postal codes, countries.
    Column("places", JSON(none_as_null=True)),
    Column("focus", String(8)),
    Column("confidence", Double),
    Column("reply_channel", Id(32)),
    Column("reply_ts", Id(32)),
    # Little is open at any time, and the claim every second must not read the rest.
    Index(None, "due_at"),
    # Whatever is said in a thread or edited in any channel asks for this. No other index: each would cost every
    # question, and forgetting a person or the daily clean-up may take a moment.
    Index(None, "channel_id", "message_ts"),
)

# What the bot has been told about a channel.
channels = Table(
    "channels",
    metadata,
    Column("team_id", Id(32), primary_key=True),
    Column("channel_id", Id(32), primary_key=True),
    # The id of the question with which it has introduced itself there.
    Column("introduction", Id(36)),
    # Whether it answers plain questions; and who said so last, by id, for it is shown to whoever asks.
    Column("listens", Boolean, nullable=False),
    Column("switched_by", Id(32)),
    Column("switched_at", Double),
)

# What Slack has told us, so that a second telling of it gets no second reply.
seen = Table(
    "seen",
    metadata,
    Column("team_id", Id(32), primary_key=True),
    # A digest; what it is of says `bot.slack.intake`.
    Column("key", Id(32), primary_key=True),
    Column("seen_at", Double, nullable=False),
)

# Questions that had no answer, in the asker's words, for the owners of the knowledge.
misses = Table(
    "misses",
    metadata,
    Column("id", Id(36), primary_key=True),
    Column("team_id", Id(32), nullable=False),
    Column("user_hash", String(64), nullable=False),
    Column("text", Words, nullable=False),
    # The entries that came nearest, best first.
    Column("nearest", JSON, nullable=False),
    Column("asked_at", Double, nullable=False),
)

# The workspaces of organizations, so that all of them are erased where an organization puts the bot out.
organizations = Table(
    "organizations",
    metadata,
    Column("team_id", Id(32), primary_key=True),
    Column("enterprise_id", Id(32), nullable=False),
)

# Workspaces that have left, until a last look for what came in while they were erased.
departures = Table(
    "departures",
    metadata,
    Column("team_id", Id(32), primary_key=True),
    Column("left_at", Double, nullable=False),
)

# What people think of a reply, which is known by the id of its question. One vote a person, which may change.
votes = Table(
    "votes",
    metadata,
    Column("team_id", Id(32), primary_key=True),
    Column("question_id", Id(36), primary_key=True),
    Column("user_hash", String(64), primary_key=True),
    Column("is_helpful", Boolean, nullable=False),
    Column("voted_at", Double, nullable=False),
)

# Answers that a person reported as wrong or missing, for the owners of the knowledge.
reports = Table(
    "reports",
    metadata,
    Column("team_id", Id(32), primary_key=True),
    Column("question_id", Id(36), primary_key=True),
    Column("user_hash", String(64), primary_key=True),
    # The entry that should have come; None where it is not said, or none fits.
    Column("expected_topic", Id(64)),
    # In the person's own words; may be empty.
    Column("text", Words, nullable=False),
    Column("reported_at", Double, nullable=False),
)

# Secrets that the replicas share and nobody has to set.
keys = Table(
    "keys", metadata, Column("name", String(32), primary_key=True), Column("value", String(64), nullable=False)
)

# What is done once a day by one replica.
chores = Table(
    "chores", metadata, Column("name", String(32), primary_key=True), Column("last_at", Double, nullable=False)
)
