"""No secret in a log, whatever name or text it hides in."""

import pytest

from aion.adapters.identity import key_text
from aion.adapters.telemetry.redaction import HIDDEN, redacted, redacted_text

KEY = key_text.make(b"\x07" * 12, b"\x09" * 32)


@pytest.mark.parametrize(
    "text",
    [
        KEY.text,
        f"unknown key {KEY.text}, refused",
        f'{{"authorization": "Bearer {KEY.text}"}}',
        f"x-api-key:{KEY.text}",
        f"/v1/tasks?key={KEY.text}&x=1",
    ],
)
def test_an_aion_key_is_hidden_wherever_it_stands(text):
    assert KEY.text[23:40] not in redacted_text(text)


def test_the_public_id_stays_so_that_the_key_can_be_revoked():
    assert redacted_text(f"refused {KEY.text}") == f"refused aion_{KEY.key_id}_***"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer eyJhbGciOi.J9.x", "Authorization: Bearer ***"),
        ("basic dXNlcjpwYXNz", "basic ***"),
        ("postgresql://aion:hunter2@db/aion", "postgresql://aion:***@db/aion"),
        ("redis://:hunter2@cache:6379", "redis://:***@cache:6379"),
        ("password=hunter2 user=x", "password=*** user=x"),
        ('{"password": "hunter2"}', '{"password": "***"}'),
        ("access_token=abc12345&x=1", "access_token=***&x=1"),
        ("client_secret=xyz, DB_PASSWORD=hunter2", "client_secret=***, DB_PASSWORD=***"),
        ("postgresql://db/aion?sslpassword=q&x=1", "postgresql://db/aion?sslpassword=***&x=1"),
        ('{"access_token": "abcdef", "accessToken": "abcdef"}', '{"access_token": "***", "accessToken": "***"}'),
        ("private_key=abc x_api_key=abc x-api-key: abc", "private_key=*** x_api_key=*** x-api-key: ***"),
        ("passphrase = 'a b', DB_PASSPHRASE=c", "passphrase = '***', DB_PASSPHRASE=***"),
        ('{"password": "correct horse, battery", "x": "y"}', '{"password": "***", "x": "y"}'),
        ("{'password': \"it's mine\", 'x': 'y'}", "{'password': \"***\", 'x': 'y'}"),
        (r'{"token": "a\" b\\", "x": "y"}', '{"token": "***", "x": "y"}'),
        ('secret: "cut short, and\nanother line', 'secret: "***\nanother line'),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n", "***\n"),
        ("-----BEGIN EC PRIVATE KEY-----\nabc", "***"),
        (
            "private_key: -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nmore",
            "private_key: ***\nmore",
        ),
        ('SIGNING_SECRET="-----BEGIN PRIVATE KEY-----\nMIIE"', 'SIGNING_SECRET="***'),
    ],
)
def test_other_secrets_are_hidden_too(text, shown):
    assert redacted_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "task 0190-aa finished in 12 ms",
        "http://127.0.0.1:8080/v1/tasks",
        "12 tokens",
        "bearer of news",
        "aion_dev_x",
        "tokens=12 max_tokens: 5",
        '{"max_tokens": 5, "token_type": "jwt"}',
        'token="" password: ""',
        "the secretary: Ada, ticketing=on",
    ],
)
def test_what_is_no_secret_stays(text):
    assert redacted_text(text) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "token",
        "token=",
        'token="',
        "token='\\\\",
        'token="\\\\"',
        "token ",
        "token:\t",
        "_",
        "-password",
        "private_key",
        "a://b:",
        "a://",
        "aion_",
        "bearer ",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
@pytest.mark.parametrize("filler", ["", " " * 100_000])
def test_a_long_text_of_whatever_is_read_to_its_end(hostile, filler):
    text = hostile + filler + hostile * (100_000 // len(hostile))
    assert redacted_text(f"{text}\npassword=hunter2").endswith(HIDDEN)


@pytest.mark.parametrize(
    "name",
    [
        "sslpassword",
        "accessToken",
        "password",
        "DB_PASSWORD",
        "api_key",
        "x-api-key",
        "Authorization",
        "client_secret",
        "token",
        "cookies",
        "tls.private_key",
    ],
)
def test_a_field_with_a_secret_name_is_hidden_whatever_it_holds(name):
    assert redacted({"outer": {name: "harmless"}}) == {"outer": {name: "***"}}
    assert redacted({name: {"deep": ["harmless"]}}) == {name: "***"}


def test_numbers_and_similar_names_pass():
    fields = {"tokens": 12, "token": 7, "keyboard": "azerty", "key_id": "abc", "ok": True, "none": None, "took": 0.5}
    assert redacted(fields) == fields


def test_a_value_of_any_kind_and_depth_comes_out_bounded():
    endless: dict[str, object] = {}
    endless["again"] = endless
    assert "..." in str(redacted(endless))
    assert redacted(ValueError(f"bad {KEY.text}")) == f"bad aion_{KEY.key_id}_***"
    assert redacted(b"password=hunter2") == "b'password=***'"
