"""Settings are read once, and a bad one is refused with what is wrong, why, and the remedy, in both languages."""

import os
import re
from pathlib import Path

import pytest

from portal.serving.folder import own_folder, prepare_folder, prepare_key
from portal.serving.keys import check_key, make_key
from portal.serving.labels import COMMANDS, WORDS
from portal.serving.words import Trouble
from portal.settings import KNOWN, ROOT, Bucket, bucket_of, load_settings, read_files_key


def test_without_any_variable_it_is_this_machine_sqlite_and_demonstration_data() -> None:
    found = load_settings({})
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert found.data == ROOT / "var"
    assert found.database_url == f"sqlite:///{ROOT / 'var' / 'anwang.db'}" and found.sqlite_file is not None
    assert found.redis_url is None and found.smtp_url is None and found.demo and found.web_processes == 1
    assert found.key_file == ROOT / "var" / "secret.key"
    assert found.anchor_file == ROOT / "var" / "anchors" / "heads.jsonl" and found.anchor_mail is None
    assert not found.secure_cookies


def test_behind_a_tls_proxy_on_this_machine_cookies_are_secure_and_the_proxy_is_trusted() -> None:
    found = load_settings({"ANWANG_BASE_URL": "https://anwang.example.org/"})
    assert found.base_url == "https://anwang.example.org"
    assert found.secure_cookies and found.trusted_proxies == ("127.0.0.1", "::1")
    assert load_settings({"ANWANG_BASE_URL": "https://a.cn", "ANWANG_HOST": "0.0.0.0"}).trusted_proxies == ()


def test_the_parts_get_the_same_settings() -> None:
    given = {
        "ANWANG_HOST": "::1",
        "ANWANG_PORT": "8123",
        "ANWANG_BASE_URL": "https://a.example.org",
        "ANWANG_TRUSTED_PROXIES": "10.0.0.0/24, 127.0.0.1",
        "ANWANG_SMTP_URL": "smtp://u:p@mail.example.org:587",
        "ANWANG_DATA": "somewhere",
        "ANWANG_KEY_FILE": "/etc/anwang.key",
        "ANWANG_DATABASE_URL": "postgresql://u:p@db/anwang",
        "ANWANG_REDIS_URL": "unix:///run/redis.sock",
        "ANWANG_DEMO": "0",
        "ANWANG_WEB_PROCESSES": "2",
        "ANWANG_ANCHOR": "office@edu.example.org",
        "ANWANG_TIME_STAMP_URL": "https://tsa.example.org/rfc3161",
        "ANWANG_SIGNATURE_SERVICE": "some_package.service:SERVICE",
        "ANWANG_FILES_URL": "s3://school-files/anwang?endpoint=https://s3.example.org&region=cn-east-1",
        "ANWANG_FILES_KEY": "an-id:a+secret/with=signs:and-colons",
    }
    found = load_settings(given)
    assert set(found.environ()) == KNOWN
    assert load_settings(found.environ()) == found
    assert found.data.is_absolute() and found.anchor_mail == "office@edu.example.org" and not found.demo
    assert load_settings(load_settings({}).environ()) == load_settings({})


BAD = [
    ("PORT", "eighty"),
    ("PORT", "99999"),
    ("PORT", "-1"),
    ("WEB_PROCESSES", "0"),
    ("DEMO", "maybe"),
    ("HOST", "all of them"),
    ("HOST", "300.1.2.3"),
    ("BASE_URL", "anwang.example.org"),
    ("BASE_URL", "ftp://anwang.example.org"),
    ("BASE_URL", "https://anwang.example.org/portal"),
    ("BASE_URL", "http://0.0.0.0:8000"),
    ("BASE_URL", "http://host:99999999"),
    ("TRUSTED_PROXIES", "*"),
    ("TRUSTED_PROXIES", "0.0.0.0/0"),
    ("TRUSTED_PROXIES", "proxy.example.org"),
    ("SMTP_URL", "mail.example.org"),
    ("DATA", "~/anwang"),
    ("DATABASE_URL", "mysql://u:p@db/anwang"),
    ("DATABASE_URL", "sqlite://anwang.db"),
    ("DATABASE_URL", "postgresql://u:p@db"),
    ("REDIS_URL", "localhost:6379"),
    ("ANCHOR", "office@"),
    ("SIGNATURE_SERVICE", "not a module"),
    ("SIGNATURE_SERVICE", "package.module"),
    ("FILES_URL", "school-files"),
    ("FILES_URL", "https://s3.example.org/school-files"),
    ("FILES_URL", "s3://"),
    ("FILES_URL", "s3://School_Files?endpoint=https://s3.example.org"),
    ("FILES_URL", "s3://an-id:hunter2@school-files?endpoint=https://s3.example.org"),
    ("FILES_URL", "s3://school-files/../up?endpoint=https://s3.example.org"),
    ("FILES_URL", "s3://school-files/a b?endpoint=https://s3.example.org"),
    ("FILES_URL", "s3://school-files"),
    ("FILES_URL", "s3://school-files?endpoint=s3.example.org"),
    ("FILES_URL", "s3://school-files?endpoint=ftp://s3.example.org"),
    ("FILES_URL", "s3://school-files?endpoint=https://s3.example.org/deeper"),
    ("FILES_URL", "s3://school-files?endpoint=https://u:p@s3.example.org"),
    ("FILES_URL", "s3://school-files?endpoint=https://s3.example.org&region=not one"),
    ("FILES_URL", "s3://school-files?endpoint=https://s3.example.org&style=sideways"),
    ("FILES_URL", "s3://school-files?endpoint=https://s3.example.org&secret=hunter2"),
    ("FILES_URL", "s3://school-files?endpoint=https://s3.example.org#part"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_setting_is_refused_with_its_remedy(name: str, value: str) -> None:
    with pytest.raises(Trouble) as refused:
        load_settings({f"ANWANG_{name}": value})
    chinese, english = str(refused.value).split("\n")
    assert refused.value.status == 2
    assert f"ANWANG_{name}" in chinese and f"ANWANG_{name}" in english
    assert re.search("[一-龥]", chinese) and not re.search("[一-龥]", english)


def test_a_refusal_does_not_show_a_password() -> None:
    with pytest.raises(Trouble) as refused:
        load_settings({"ANWANG_DATABASE_URL": "mysql://portal:hunter2@db/anwang"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("name", ["secret", "aws_secret_access_key", "password"])
def test_a_secret_that_does_not_belong_into_an_address_is_not_shown(name: str) -> None:
    with pytest.raises(Trouble) as refused:
        load_settings({"ANWANG_FILES_URL": f"{GOOD}&{name}=hunter2&region=x"})
    assert "hunter2" not in str(refused.value) and name in str(refused.value)


GOOD = "s3://school-files?endpoint=https://s3.example.org"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (GOOD, Bucket("school-files", "", "https://s3.example.org", "us-east-1", False)),
        (GOOD + "/", Bucket("school-files", "", "https://s3.example.org", "us-east-1", False)),
        ("s3://a.b-c/x/y_1/?region=cn-north-1", Bucket("a.b-c", "x/y_1", None, "cn-north-1", False)),
        (
            "s3://abc?endpoint=http://[::1]:9000&style=virtual&region=x",
            Bucket("abc", "", "http://[::1]:9000", "x", True),
        ),
    ],
)
def test_a_bucket_is_read_from_its_address(address: str, expected: Bucket) -> None:
    assert bucket_of(address) == expected
    assert load_settings({"ANWANG_FILES_URL": address, "ANWANG_FILES_KEY": "id:secret"}).bucket == expected


def test_the_key_of_a_bucket_stands_in_the_environment_or_in_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "files.key"
    path.write_text("an-id:a/secret:with+signs=\n")
    path.chmod(0o600)
    assert (
        read_files_key(str(path)) == read_files_key("an-id:a/secret:with+signs=") == ("an-id", "a/secret:with+signs=")
    )
    given = {"ANWANG_FILES_URL": GOOD, "ANWANG_FILES_KEY": str(path)}
    found = load_settings(given)
    assert load_settings(found.environ()) == found
    assert "a/secret" not in repr(load_settings({**given, "ANWANG_FILES_KEY": "an-id:a/secret"}))


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (None, 0o600, "cannot be read"),
        (b"", 0o600, "holds no key"),
        (b"only-an-id", 0o600, "holds no key"),
        (b"id: secret", 0o600, "holds no key"),
        (b"\xff\xfe", 0o600, "cannot be read"),
        (b"id:hunter2", 0o644, "chmod 600"),
    ],
)
def test_a_bad_key_of_a_bucket_is_refused(tmp_path: Path, content: bytes | None, mode: int, why: str) -> None:
    path = tmp_path / "files.key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(Trouble, match=why) as refused:
        load_settings({"ANWANG_FILES_URL": GOOD, "ANWANG_FILES_KEY": str(path)})
    assert refused.value.status == 2 and "hunter2" not in str(refused.value)


@pytest.mark.parametrize("key", ["", "hunter2", "id:", ":hunter2", "id:hunter 2"])
def test_a_bucket_without_a_key_is_refused(key: str) -> None:
    with pytest.raises(Trouble, match="id:secret") as refused:
        load_settings({"ANWANG_FILES_URL": GOOD, "ANWANG_FILES_KEY": key})
    assert "hunter2" not in str(refused.value)
    assert load_settings({"ANWANG_FILES_KEY": key}).bucket is None, "without a bucket nobody asks for its key"


def test_every_sentence_stands_in_both_languages_with_the_same_facts() -> None:
    for code, (chinese, english) in WORDS.items():
        assert re.search("[一-龥]", chinese) and not re.search("[一-龥]", english), code
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", english)), code
    assert all(" / " in text for text in COMMANDS.values())


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    make_key(path)
    first = path.read_bytes()
    make_key(path)
    assert path.read_bytes() == first and path.stat().st_mode & 0o777 == 0o600
    check_key(path)


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (None, 0o600, "There is no key file"),
        (b"", 0o600, "is empty"),
        (b"\n\n", 0o600, "is empty"),
        (b"c2hvcnQ=\n", 0o600, "too short"),
        (b"changeme!\n", 0o600, "holds no key"),
        (b"A" * 43 + b"=\n", 0o600, "sample"),
        (b"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\n", 0o600, "sample"),
        (b"\xff\xfe", 0o600, "cannot be read"),
        ("good", 0o644, "chmod 600"),
        ("good", 0o640, "chmod 600"),
    ],
)
def test_a_bad_key_file_is_refused(tmp_path: Path, content: bytes | str | None, mode: int, why: str) -> None:
    path = tmp_path / "secret.key"
    if content == "good":
        make_key(path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    if content is not None:
        path.chmod(mode)
    with pytest.raises(Trouble, match=why):
        check_key(path)


def test_a_lost_key_needs_a_decision(tmp_path: Path) -> None:
    settings = load_settings({"ANWANG_DATA": str(tmp_path)})
    (tmp_path / "anwang.db").touch()
    with pytest.raises(Trouble, match="lost for good"):
        prepare_key(settings)
    prepare_key(settings, new_key=True)
    check_key(settings.key_file)


def test_a_data_folder_that_is_a_file_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(Trouble, match="cannot be written"):
        prepare_folder(load_settings({"ANWANG_DATA": str(tmp_path / "var")}))


def test_a_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    lock = own_folder(tmp_path)
    with pytest.raises(Trouble, match=f"process {os.getpid()}"):
        own_folder(tmp_path)
    os.close(lock)
    os.close(own_folder(tmp_path))
