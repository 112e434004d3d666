"""The settings: from the environment, complete or refused, and never shown."""

from __future__ import annotations

import base64
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.config import SettingsError, fresh_environment, load_settings, make_key_list, make_secret

SECRETS = ("PORTAL_SECRET_KEY", "PORTAL_PIN_PEPPER", "PORTAL_SEAL_KEYS", "PORTAL_INDEX_KEYS")
PRIVATE_FILE = 0o600


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and a folder of our own to run in."""
    for name in (
        *SECRETS,
        "DATABASE_URL",
        *("PORTAL_" + n for n in ("DEMO", "INSTANCE", "UPLOAD_DIR", "BASE_URL", "SECURE_COOKIES", "TRUSTED_PROXIES")),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """An environment with every secret set."""
    values = fresh_environment()
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


def refusal(**values: object) -> str:
    """What is told when the settings are refused."""
    with pytest.raises(SettingsError) as refused:
        load_settings(**values)
    assert refused.value.__suppress_context__
    return str(refused.value)


def key(byte: int) -> str:
    """A key of 32 different bytes that begins with ``byte``, in Base64."""
    return base64.b64encode(bytes((byte + n) % 256 for n in range(32))).decode()


def test_without_any_setting_it_names_every_secret() -> None:
    message = refusal()
    for name in SECRETS:
        assert f"{name} is missing" in message
    assert "DATABASE_URL" not in message


@pytest.mark.parametrize("missing", SECRETS)
@pytest.mark.parametrize("empty", [True, False])
def test_it_names_the_one_that_is_missing(
    missing: str, empty: bool, secrets: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if empty:
        monkeypatch.setenv(missing, "")
    else:
        monkeypatch.delenv(missing)
    message = refusal()
    assert f"{missing} is missing" in message
    assert not any(name in message for name in SECRETS if name != missing)
    assert not any(value in message for value in secrets.values())
    assert not Path("instance").exists()


def test_complete_settings_are_read_and_masked(secrets: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://portal:hush@db/portal")
    settings = load_settings()
    assert settings.secret_key.get_secret_value() == secrets["PORTAL_SECRET_KEY"]
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://portal:hush@db/portal"
    shown = repr(settings) + str(settings) + repr(settings.keyring)
    assert not any(value in shown for value in [*secrets.values(), "hush"])
    assert settings.cookies_are_secure
    assert not settings.demo
    assert settings.keyring.unseal("note", settings.keyring.seal("note", "dibaca")) == "dibaca"


def test_folders_are_absolute_and_inside_the_instance(tmp_path: Path, secrets: Mapping[str, str]) -> None:
    settings = load_settings(instance=Path("here"))
    assert settings.instance == tmp_path / "here"
    assert settings.embedded_folder == tmp_path / "here" / "pg"
    assert settings.uploads == tmp_path / "here" / "uploads"
    assert load_settings(upload_dir=Path("/srv/files")).uploads == Path("/srv/files")


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("PORTAL_SECRET_KEY", "short-value", "too weak"),
        ("PORTAL_PIN_PEPPER", "abab" * 20, "too weak"),
        ("PORTAL_PIN_PEPPER", f"2:{'abcdefghijklm' * 3},oops", "neither one secret nor a list"),
        ("PORTAL_PIN_PEPPER", f"2:{'abcdefghijklm' * 3},2:{'nopqrstuvwxyz' * 3}", "twice"),
        ("PORTAL_PIN_PEPPER", f"2:{'abcdefghijklm' * 3},1:weak", "too weak"),
        ("PORTAL_SEAL_KEYS", "hushhush", "not a list of NUMBER:BASE64"),
        ("PORTAL_SEAL_KEYS", f"256:{key(1)}", "not a list of NUMBER:BASE64"),
        ("PORTAL_SEAL_KEYS", f"-1:{key(1)}", "not a list of NUMBER:BASE64"),
        ("PORTAL_SEAL_KEYS", f"1:{key(1)},", "not a list of NUMBER:BASE64"),
        ("PORTAL_SEAL_KEYS", "1:not*base64", "(number 1) that is not Base64"),
        ("PORTAL_INDEX_KEYS", f"7:{base64.b64encode(b'abcdefghijklmnop').decode()}", "weak key (number 7)"),
        ("PORTAL_INDEX_KEYS", f"7:{base64.b64encode(bytes(32)).decode()}", "weak key (number 7)"),
        ("PORTAL_INDEX_KEYS", f"1:{key(1)},1:{key(2)}", "twice"),
        ("PORTAL_INDEX_KEYS", f"1:{key(1)},2:{key(1)}", "twice"),
        ("DATABASE_URL", "mysql://u:hush@db/x", "must begin with postgresql://"),
        ("DATABASE_URL", "hushhush", "must begin with postgresql://"),
        ("PORTAL_BASE_URL", "portal.example", "must begin with http"),
        ("PORTAL_TRUSTED_PROXIES", "-4711", "greater than or equal to 0"),
        ("PORTAL_SECURE_COOKIES", "perhaps", "valid boolean"),
    ],
)
def test_a_bad_setting_is_told_by_name_and_never_by_value(
    variable: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    message = refusal()
    assert variable in message
    assert complaint in message
    assert value not in message


def test_a_bad_demo_flag_is_told_before_any_secret_is_made() -> None:
    assert "PORTAL_DEMO" in refusal(demo="perhaps")
    assert not Path("instance").exists()


def test_the_same_secret_twice_is_refused() -> None:
    secret, keys = make_secret(), make_key_list()
    rest = {"seal_keys": keys, "index_keys": make_key_list()}
    assert "are the same" in refusal(secret_key=secret, pin_pepper=secret, **rest)
    assert "a key in common" in refusal(
        secret_key=secret, pin_pepper=make_secret(), seal_keys=keys, index_keys=f"9:{keys[2:]}"
    )


def test_the_highest_number_is_in_force(secrets: Mapping[str, str]) -> None:
    settings = load_settings(seal_keys=f"1:{key(1)}, 2:{key(2)}", index_keys=f"3:{key(3)},4:{key(4)}")
    assert settings.keyring.seal("note", "x")[0] == 2
    assert settings.keyring.index_version == 4
    assert settings.keyring.older_index_keys == {3: base64.b64decode(key(3))}
    waiting = load_settings(seal_keys=f"1:{key(1)}, 2:{key(2)}", seal_with=1)
    assert waiting.keyring.seal("note", "x")[0] == 1
    assert "PORTAL_SEAL_WITH" in refusal(seal_keys=f"1:{key(1)}", seal_with=7)
    older = load_settings(seal_keys=f"1:{key(1)}").keyring.seal("note", "x")
    assert settings.keyring.unseal("note", older) == "x"


def test_the_demo_makes_its_secrets_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "1")
    first = load_settings()
    assert first.demo
    assert not first.cookies_are_secure
    assert load_settings() == first
    made = sorted(Path("instance/secrets").iterdir())
    assert [path.name for path in made] == ["index_keys", "pin_pepper", "push_key", "seal_keys", "secret_key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {PRIVATE_FILE}
    assert stat.S_IMODE(Path("instance/secrets").stat().st_mode) == 0o700
    assert len({path.read_text() for path in made}) == len(made)


def test_the_demo_takes_the_secrets_that_are_set(secrets: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DEMO", "true")
    monkeypatch.delenv("PORTAL_PIN_PEPPER")
    settings = load_settings(secure_cookies=True)
    assert settings.cookies_are_secure
    assert settings.secret_key.get_secret_value() == secrets["PORTAL_SECRET_KEY"]
    assert [path.name for path in Path("instance/secrets").iterdir()] == ["pin_pepper"]
    monkeypatch.setenv("PORTAL_PIN_PEPPER", "weak")
    assert "PORTAL_PIN_PEPPER is too weak" in refusal()


def test_of_two_demos_that_make_a_secret_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    rival = load_settings(demo=True).secret_key
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _: False)  # both look before either has made it
        assert load_settings(demo=True).secret_key == rival
    assert not [path for path in Path("instance/secrets").iterdir() if "." in path.name]


@given(st.text())
def test_no_text_is_a_key_list_by_accident_or_breaks_the_message(text: str) -> None:
    message = refusal(secret_key=make_secret(), pin_pepper=make_secret(), seal_keys=text, index_keys=make_key_list())
    assert "PORTAL_SEAL_KEYS" in message


def test_an_empty_database_url_means_the_embedded_one(secrets: Mapping[str, str]) -> None:
    assert load_settings(database_url="").database_url is None
