"""Tables of the service. Times are seconds since 1970 UTC; what has a shape of its own is kept as JSON text."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()
_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself only what it calls INTEGER."""

meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

users = Table(
    "users", metadata,
    Column("name", String(64), primary_key=True), Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("version", Integer, nullable=False),  # tokens of another version are refused
    Column("enabled", Boolean, nullable=False), Column("created_s", Double, nullable=False),
    Column("changed_s", Double, nullable=False))

login_failures = Table(
    "login_failures", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("name", String(64), nullable=False),
    Column("address", String(64), nullable=False), Column("time_s", Double, nullable=False, index=True))

request_ids = Table(
    "request_ids", metadata,
    Column("client", String(64), primary_key=True), Column("request_id", String(64), primary_key=True),
    Column("time_s", Double, nullable=False, index=True))

emergencies = Table(
    "emergencies", metadata,
    Column("id", String(64), primary_key=True), Column("vehicle", String(64), nullable=False),
    Column("kind", String(16), nullable=False), Column("priority", Integer, nullable=False),
    Column("by", String(64), nullable=False), Column("received_s", Double, nullable=False, index=True),
    Column("departs_s", Double), Column("expires_s", Double, nullable=False), Column("ended_s", Double, index=True),
    Column("state", String(16), nullable=False), Column("why", Text, nullable=False),
    Column("line", Text, nullable=False),  # JSON: [[lon, lat], ...] of the way as it is now
    Column("way", Integer, nullable=False),  # counts the ways it was sent on
    Column("length_m", Double, nullable=False))

emergency_junctions = Table(
    "emergency_junctions", metadata,
    Column("emergency", String(64), primary_key=True), Column("junction", String(64), primary_key=True),
    Index("emergencies_by_junction", "junction"))

emergency_states = Table(
    "emergency_states", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("emergency", String(64), nullable=False, index=True),
    Column("time_s", Double, nullable=False), Column("state", String(16), nullable=False), Column("why", Text, nullable=False))

positions = Table(
    "positions", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("emergency", String(64), nullable=False),
    Column("time_s", Double, nullable=False), Column("received_s", Double, nullable=False, index=True),
    Column("lon", Double, nullable=False), Column("lat", Double, nullable=False), Column("speed_mps", Double),
    Column("heading_deg", Double), Column("accuracy_m", Double), Column("way", Integer, nullable=False),
    Column("at_m", Double, nullable=False), Column("off_m", Double, nullable=False),
    Index("positions_of", "emergency", "id"))

manual_commands = Table(
    "manual_commands", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("junction", String(64), nullable=False, index=True),
    Column("mode", String(16)), Column("stage", String(64)), Column("reason", Text, nullable=False),
    Column("by", String(64), nullable=False), Column("role", String(16), nullable=False),
    Column("begun_s", Double, nullable=False), Column("until_s", Double, nullable=False),
    Column("ended_s", Double), Column("ended_by", String(64)),
    Column("answer", String(16)), Column("answer_why", Text))

posts = Table(
    "posts", metadata,
    Column("post", String(64), primary_key=True), Column("heard_s", Double, nullable=False), Column("said", Text, nullable=False))

alarms = Table(
    "alarms", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("post", String(64), nullable=False),
    Column("junction", String(64), nullable=False, index=True), Column("kind", String(64), nullable=False),
    Column("detail", Text, nullable=False), Column("began_s", Double, nullable=False, index=True), Column("ended_s", Double))

incidents = Table(
    "incidents", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("post", String(64), nullable=False),
    Column("key", String(64), nullable=False), Column("kind", String(64), nullable=False),
    Column("place", String(64), nullable=False, index=True), Column("detail", Text, nullable=False),
    Column("time_s", Double, nullable=False, index=True), Column("ended_s", Double), Column("lon", Double), Column("lat", Double),
    UniqueConstraint("post", "key"))

certificates = Table(
    "certificates", metadata,
    Column("id", String(16), primary_key=True), Column("strategy", Text, nullable=False),
    Column("plans", Text, nullable=False), Column("scenarios", Text, nullable=False),  # JSON: lists of names
    Column("engineer", Text, nullable=False), Column("key", String(16), nullable=False), Column("key_name", Text, nullable=False),
    Column("validated_s", Double, nullable=False), Column("valid_from_s", Double, nullable=False),
    Column("valid_until_s", Double, nullable=False), Column("kept_s", Double, nullable=False, index=True),
    Column("by", String(64), nullable=False), Column("text", Text, nullable=False))

certificate_junctions = Table(
    "certificate_junctions", metadata,
    Column("certificate", String(16), primary_key=True), Column("junction", String(64), primary_key=True),
    Index("certificates_by_junction", "junction"))

overrides = Table(
    "overrides", metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True), Column("post", String(64), nullable=False),
    Column("run", String(64), nullable=False), Column("junction", String(64), nullable=False, index=True),
    Column("engineer", Text, nullable=False), Column("reason", Text, nullable=False), Column("why", Text, nullable=False),
    Column("until_s", Double, nullable=False), Column("time_s", Double, nullable=False, index=True),
    UniqueConstraint("post", "run", "junction"))

audit = Table(
    "audit", metadata,
    Column("row", _NUMBER, primary_key=True, autoincrement=False), Column("time_ms", BigInteger, nullable=False, index=True),
    Column("actor", String(64), nullable=False), Column("role", String(16), nullable=False),
    Column("action", String(64), nullable=False), Column("target", String(128), nullable=False, index=True),
    Column("detail", Text, nullable=False), Column("before", String(64), nullable=False),
    Column("hash", String(64), nullable=False))

audit_seal = Table(
    "audit_seal", metadata,
    Column("id", Integer, primary_key=True), Column("rows", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False), Column("seal", String(64), nullable=False))
