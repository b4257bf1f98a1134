"""Footage over the network: cut anywhere it goes on; nothing of it lies on the disk in clear."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serve.conftest import OWN
from tests.serve.gated import ROLES, THERE, Browser, Gated, make_gate
from tests.serve.sending import Phone, clear_of, make_city, sha256_of

from gatusyn.envelope import write_keys
from gatusyn.model import (
    ALLOWED,
    ApiToken,
    Cause,
    DriveFault,
    Permission,
    Role,
    SealError,
    SentState,
)
from gatusyn.pipeline import (
    City,
    Intake,
    make_keys,
    private_key_path,
    public_key_path,
    sealed_path,
)
from gatusyn.serve import turns
from gatusyn.serve.tokens import hash_of, new_api_token

DATA = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(256)) * 3
TRACK = b"lat,lon,time\n1,2,3\n"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = make_city(tmp_path / "city")
    yield made
    made.store.close()


@pytest.fixture
def phone(city: City) -> Phone:
    return Phone.of(city)


def file_at(city: City, url: str) -> Any:
    found = city.store.sent.file(url.rsplit("/", 1)[1])
    assert found is not None
    return found[0]


def in_clear(city: City, data: bytes = DATA) -> list[str]:
    """Return the files that hold a piece of what was sent."""
    pieces = [data[start : start + 24] for start in range(0, len(data) - 24, 1000)]
    files = [path for path in city.folder.rglob("*") if path.is_file()]
    return [
        str(path)
        for path in files
        for found in [path.read_bytes()]
        if any(p in found for p in pieces)
    ]


def checksum(data: bytes) -> str:
    return "sha256 " + base64.b64encode(hashlib.sha256(data).digest()).decode()


class Cut(NamedTuple):
    """A service whose line is cut, shared by all examples."""

    city: City
    phone: Phone


@pytest.fixture(scope="module")
def cutting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cut]:
    city = make_city(tmp_path_factory.mktemp("cutting") / "city")
    yield Cut(city, Phone.of(city))
    city.store.close()


@pytest.fixture
def anybody(cutting: Cut) -> Phone:
    """A phone of a city that other tests use too."""
    return cutting.phone


NUMBERS = iter(range(10**6))


@given(st.lists(st.tuples(st.integers(0, 9000), st.booleans()), max_size=4))
@settings(max_examples=25)
def test_cut_at_any_byte_it_goes_on_and_comes_out_whole(
    cutting: Cut, cuts: list[tuple[int, bool]]
) -> None:
    city, phone = cutting
    data = DATA[:9000]
    drive = f"cut-{next(NUMBERS)}"
    url = phone.begin(drive, "drive.mp4", len(data)).headers["location"]
    for length, with_checksum in cuts:
        offset = phone.offset(url)
        part = data[offset : offset + length]
        more = {"upload_checksum": checksum(data[offset:])} if with_checksum else {}
        phone.cut(url, offset, part, **more)
        came = 0 if with_checksum else len(part)
        assert phone.offset(url) == offset + came
    offset = phone.offset(url)
    if offset < len(data):
        assert phone.add(url, offset, data[offset:]).status_code == 204
    file = file_at(city, url)
    assert clear_of(city, file) == data
    assert file.sha256 == sha256_of(data)
    assert in_clear(city, data) == []
    assert Intake(city).remove(file)


def test_what_the_service_can_do_is_told(anybody: Phone) -> None:
    answer = anybody.ask("OPTIONS", "/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-extension"] == "creation,checksum,termination,expiration"
    assert answer.headers["tus-checksum-algorithm"] == "sha256"
    assert int(answer.headers["tus-max-size"]) == 2048 * 2**20


def test_a_file_that_comes_in_order_is_whole_and_only_encrypted(city: City, phone: Phone) -> None:
    begun = phone.begin("d1", "körning.mp4", len(DATA))
    assert begun.status_code == 201
    url = begun.headers["location"]
    assert begun.headers["upload-offset"] == "0"
    assert "upload-expires" in begun.headers
    again = phone.begin("d1", "körning.mp4", len(DATA))
    assert (again.status_code, again.headers["location"]) == (200, url)
    assert phone.add(url, 0, DATA[:5000]).headers["upload-offset"] == "5000"
    assert phone.offset(url) == 5000
    last = phone.add(url, 5000, DATA[5000:], upload_checksum=checksum(DATA[5000:]))
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(DATA)))
    assert clear_of(city, file_at(city, url)) == DATA
    assert in_clear(city) == []
    names = [path.name for path in (city.folder / "uploads").iterdir()]
    assert names == [f"{url.rsplit('/', 1)[1]}.sealed"], "names on the disk are the server's"


def test_stale_offsets_and_wrong_checksums_take_nothing(cutting: Cut) -> None:
    city, phone = cutting
    url = phone.begin("stale_offsets_a", "drive.mp4", len(DATA)).headers["location"]
    assert phone.add(url, 0, DATA[:3000]).status_code == 204
    for offset in (0, 2999, 3001):
        answer = phone.add(url, offset, DATA[offset : offset + 10])
        assert answer.status_code == 409, offset
        assert answer.headers["tus-resumable"] == "1.0.0"
        assert "3000" in answer.json()["detail"]
    wrong = phone.add(url, 3000, DATA[3000:4000], upload_checksum=checksum(b"other"))
    assert wrong.status_code == 460
    assert phone.offset(url) == 3000
    assert phone.add(url, 3000, DATA[3000:]).status_code == 204
    assert phone.add(url, len(DATA), b"").status_code == 204, "once more is no fault"
    assert clear_of(city, file_at(city, url)) == DATA


def test_what_is_no_beginning_is_refused(anybody: Phone) -> None:
    wrong: list[tuple[dict[str, str], int]] = [
        ({"upload_length": "x"}, 400),
        ({"upload_length": "-1"}, 400),
        ({"upload_length": "9" * 30}, 400),
        ({"upload_length": "10", "upload_metadata": "drive !"}, 400),
        ({"upload_length": "10", "upload_metadata": "drive ZDE="}, 400),
        ({"upload_length": "10", "tus_resumable": "0.2.2"}, 412),
        ({"upload_length": "10", "origin": "https://evil.example"}, 403),
    ]
    for headers, code in wrong:
        assert anybody.ask("POST", "/api/v1/uploads", b"", **headers).status_code == code, headers


def test_names_that_could_be_paths_are_refused(anybody: Phone) -> None:
    names = ("../x.mp4", "/etc/passwd", ".hidden", "a\0b", "a\nb", "", "å" * 101, "c:\\x")
    for name in (*names, "\N{RIGHT-TO-LEFT OVERRIDE}4pm.gpx"):
        assert anybody.begin("names", name, 10).status_code == 422, name
    for drive in ("", "../x", "a b", "x" * 101, "ö"):
        assert anybody.begin(drive, "x.mp4", 10).status_code == 422, drive


def test_odd_bodies_are_refused(anybody: Phone) -> None:
    url = anybody.begin("odd", "x.mp4", 10).headers["location"]
    assert anybody.add(url, 0, b"0123456789x").status_code == 413
    assert anybody.add(url, 0, b"01", upload_checksum="md5 AAAA").status_code == 400
    assert anybody.add(url, 0, b"01", upload_offset="one").status_code == 400
    assert anybody.add(url, 0, b"{}", content_type="application/json").status_code == 415
    assert anybody.add(url, 0, b"a=b", content_type="text/plain").status_code == 415
    # A body that does not say how long it is, and is too long.
    assert anybody.cut(url, 0, b"0123456789x") == 413
    assert anybody.offset(url) == 0
    assert anybody.add("/api/v1/uploads/none", 0, b"1").status_code == 404
    assert anybody.begin("odd", "empty.mp4", 0).status_code == 422


def test_a_dead_client_s_turn_ends_when_somebody_goes_on(cutting: Cut) -> None:
    city, phone = cutting
    url = phone.begin("a_dead_client_s", "drive.mp4", len(DATA)).headers["location"]

    async def both() -> tuple[int | None, int | None]:
        sent = iter([{"type": "http.request", "body": DATA[:4000], "more_body": True}])
        silent = asyncio.Event()

        async def dead() -> dict[str, Any]:
            if (first := next(sent, None)) is not None:
                return first
            silent.set()
            await asyncio.Event().wait()
            raise AssertionError

        former = asyncio.ensure_future(phone.talk(url, 0, dead))
        await silent.wait()
        rest = iter([{"type": "http.request", "body": DATA[4000:], "more_body": False}])

        async def alive() -> dict[str, Any]:
            return next(rest)

        # It does not know yet how far the former came.
        stale = await asyncio.wait_for(phone.talk(url, 0, alive), 5)
        assert stale == 409
        return await former, await asyncio.wait_for(phone.talk(url, 4000, alive), 5)

    assert asyncio.run(both()) == (408, 204)
    assert clear_of(city, file_at(city, url)) == DATA


def test_a_connection_that_stands_still_is_let_go(
    anybody: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert turns.STALL_S < turns.WAIT_S <= 10.0
    monkeypatch.setattr(turns, "STALL_S", 0.05)
    url = anybody.begin("still", "drive.mp4", len(DATA)).headers["location"]
    sent = iter([{"type": "http.request", "body": DATA[:100], "more_body": True}])

    async def dead() -> dict[str, Any]:
        if (first := next(sent, None)) is not None:
            return first
        await asyncio.Event().wait()
        raise AssertionError

    async def talk() -> int | None:
        return await asyncio.wait_for(anybody.talk(url, 0, dead), 5)

    assert asyncio.run(talk()) == 408
    assert anybody.offset(url) == 100, "what came is kept"


def test_a_whole_drive_has_a_receipt_and_the_same_again_is_the_same(
    city: City, phone: Phone
) -> None:
    files = {"drive.mp4": DATA, "drive.csv": TRACK}
    urls = {name: phone.send("d1", name, data) for name, data in files.items()}
    lacking = phone.complete("d1", {"drive.mp4": DATA})
    assert lacking.status_code == 409
    assert phone.complete("d1", files | {"drive.mp4": DATA[:-1] + b"x"}).status_code == 409
    done = phone.complete("d1", files)
    assert done.status_code == 200
    receipt = done.json()
    assert receipt["received"]
    assert receipt["checked"]
    assert {one["name"]: one["sha256"] for one in receipt["files"]} == {
        name: sha256_of(data) for name, data in files.items()
    }
    assert phone.complete("d1", files).json() == receipt
    other = {f"again-{name}": data for name, data in files.items()}
    for name, data in other.items():
        phone.send("d2", name, data)
    assert phone.complete("d2", other).json()["id"] == receipt["id"]
    assert phone.complete("d2", other).json()["id"] == receipt["id"], "asked again, too"
    assert phone.ask("DELETE", urls["drive.mp4"]).status_code == 409
    assert phone.begin("d1", "late.csv", 5).status_code == 409
    listed = phone.ask("GET", "/api/v1/sent").json()
    assert [one["drive"] for one in listed["items"]] == ["d2", "d1"]


def test_after_a_restart_the_receipt_says_that_nobody_checked(city: City, phone: Phone) -> None:
    url = phone.begin("d1", "drive.mp4", len(DATA)).headers["location"]
    phone.add(url, 0, DATA[:5000])
    fresh = Phone.of(city)
    assert fresh.offset(url) == 5000
    assert fresh.add(url, 5000, DATA[5000:]).status_code == 204
    receipt = fresh.complete("d1", {"drive.mp4": DATA}).json()
    assert receipt["received"]
    assert not receipt["checked"], "the phone must keep its copy"
    assert not receipt["files"][0]["checked"]


def test_nobody_is_told_to_delete_the_last_copy_of_what_was_not_used(
    city: City, phone: Phone
) -> None:
    phone.send("d1", "drive.mp4", DATA)
    key = phone.complete("d1", {"drive.mp4": DATA}).json()["id"]
    for state in (SentState.ASIDE, SentState.REJECTED):
        city.store.sent.finish(key, "", state, now_s=5.0, reason="no")
        (listed,) = phone.ask("GET", "/api/v1/sent").json()["items"]
        assert (listed["state"], listed["checked"]) == (state.value, False)
    assert phone.complete("d1", {"drive.mp4": DATA}).status_code == 409
    phone.send("d1", "drive.mp4", DATA)
    assert phone.complete("d1", {"drive.mp4": DATA}).json()["checked"]


def test_keys_are_not_made_while_footage_waits_for_the_former(city: City, phone: Phone) -> None:
    phone.send("d1", "drive.mp4", DATA)
    for path in (public_key_path(city), private_key_path(city)):
        path.unlink(missing_ok=True)
    with pytest.raises(SealError, match="former keys"):
        make_keys(city)


def test_what_is_taken_back_is_gone(city: City, phone: Phone) -> None:
    url = phone.send("d1", "drive.mp4", DATA)
    assert phone.ask("DELETE", url).status_code == 204
    assert phone.ask("HEAD", url).status_code == 404
    assert list((city.folder / "uploads").iterdir()) == []
    assert city.store.sent.drives() == ()


def test_what_nobody_went_on_with_expires(city: City, phone: Phone) -> None:
    url = phone.begin("d1", "drive.mp4", len(DATA)).headers["location"]
    upload_id, sent = url.rsplit("/", 1)[1], city.store.sent
    phone.add(url, 0, DATA[:100])
    known = file_at(city, url)
    assert known.expires_s == pytest.approx(time.time() + 168 * 3600, abs=60)
    assert sent.advance(
        upload_id, before=100, taken=100, sealed=known.sealed, sha256="", expires_s=time.time() - 1
    )
    assert phone.ask("HEAD", url).status_code == 410
    assert phone.add(url, 100, DATA[100:]).status_code == 410
    again = phone.begin("d1", "drive.mp4", len(DATA))
    assert (again.status_code, again.headers["location"]) == (200, url), "as it was told to"
    assert phone.add(url, 100, DATA[100:]).status_code == 204


def test_limits_are_told_before_a_byte_is_sent(tmp_path: Path) -> None:
    city = make_city(
        tmp_path / "city", largest_file_mib=0.01, largest_drive_mib=0.015, most_files=2
    )
    phone = Phone.of(city)
    assert phone.begin("d1", "large.mp4", 10_486).status_code == 413
    assert phone.begin("d1", "a.mp4", 10_000).status_code == 201
    assert phone.begin("d1", "b.mp4", 10_000).status_code == 413
    assert phone.begin("d1", "b.mp4", 100).status_code == 201
    assert phone.begin("d1", "c.mp4", 1).status_code == 413
    city.store.close()


def test_a_flood_is_refused(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city", most_waiting_gib=20_000 / 2**30)
    phone = Phone.of(city)
    codes = [phone.begin(f"d{n}", "a.mp4", 9_000).status_code for n in range(4)]
    assert codes == [201, 201, 413, 413]
    city.store.close()


def test_a_disk_without_room_takes_nothing(
    city: City, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = phone.begin("d1", "drive.mp4", len(DATA)).headers["location"]
    assert phone.add(url, 0, DATA[:3000]).status_code == 204
    length = sealed_path(city, url.rsplit("/", 1)[1]).stat().st_size
    full = OSError(28, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr("gatusyn.envelope.write_sealed.os.write", _raising(full))
        assert phone.add(url, 3000, DATA[3000:]).status_code == 507
    with monkeypatch.context() as patch:
        patch.setattr("gatusyn.envelope.write_sealed.os.fsync", _raising(full))
        assert phone.add(url, 3000, DATA[3000:]).status_code == 507
    assert phone.offset(url) == 3000
    assert sealed_path(city, url.rsplit("/", 1)[1]).stat().st_size == length
    assert phone.add(url, 3000, DATA[3000:]).status_code == 204
    assert clear_of(city, file_at(city, url)) == DATA
    with monkeypatch.context() as patch:
        used = shutil.disk_usage(city.folder)
        patch.setattr("shutil.disk_usage", lambda _: used._replace(free=100))
        assert phone.begin("d2", "a.mp4", 101).status_code == 507
        assert phone.begin("d2", "a.mp4", 99).status_code == 201
        other = phone.begin("d3", "b.mp4", 99).headers["location"]
        patch.setattr("shutil.disk_usage", lambda _: used._replace(free=50))
        assert phone.add(other, 0, DATA[:99]).status_code == 507, "free when it began, not now"


def _raising(error: OSError) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail


def test_what_was_lost_on_the_disk_is_begun_anew(city: City, phone: Phone) -> None:
    url = phone.begin("d1", "drive.mp4", len(DATA)).headers["location"]
    phone.add(url, 0, DATA[:3000])
    sealed_path(city, url.rsplit("/", 1)[1]).write_bytes(b"")
    assert phone.add(url, 3000, DATA[3000:]).status_code == 410
    assert phone.ask("HEAD", url).status_code == 404
    assert phone.begin("d1", "drive.mp4", len(DATA)).headers["location"] != url


def test_who_receives_needs_no_private_key(city: City, phone: Phone) -> None:
    private = private_key_path(city)
    secret = private.read_bytes()
    private.unlink()
    url = phone.send("d1", "drive.mp4", DATA)
    phone.complete("d1", {"drive.mp4": DATA})
    private.write_bytes(secret)
    private.chmod(0o600)
    assert clear_of(city, file_at(city, url)) == DATA
    public_key_path(city).unlink()
    answer = phone.begin("d2", "drive.mp4", 10)
    assert answer.status_code == 403
    assert "gatusyn keys" in answer.json()["remedy"]


def test_a_map_for_looking_takes_nothing(city: City) -> None:
    for phone in (Phone.of(city, None),):
        assert phone.begin("d1", "a.mp4", 10).status_code == 403
        assert phone.ask("GET", "/api/v1/sent").status_code == 403


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    folder = tmp_path_factory.mktemp("towns")
    made = make_gate(folder, has_folders=True)
    for own in ("here", "there"):
        write_keys(folder / own / "footage.private.pem", folder / own / "footage.public.pem")
    yield made
    made.close()


def of_browser(browser: Browser) -> Phone:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return Phone(browser.app, {"origin": OWN, "cookie": cookies})


def of_token(towns: Gated, role: Role, scopes: set[Permission]) -> Phone:
    token = new_api_token()
    towns.here.accounts.add_token(
        ApiToken(label="phone", user=role.value, scopes=frozenset(scopes), made_s=1.0),
        hash_of(token),
    )
    return Phone(towns.app, {"authorization": f"Bearer {token}"})


def answers_of(phone: Phone, url: str) -> list[int]:
    return [
        phone.ask("OPTIONS", "/api/v1/uploads").status_code,
        phone.begin("roles", "b.mp4", 10).status_code,
        phone.ask("HEAD", url).status_code,
        phone.add(url, 0, b"x").status_code,
        phone.ask("DELETE", url).status_code,
        phone.complete("other", {"a.mp4": b"x"}).status_code,
        phone.ask("GET", "/api/v1/sent").status_code,
    ]


@pytest.mark.parametrize("role", ROLES)
def test_who_may_send_and_who_may_not(towns: Gated, role: Role) -> None:
    owner = of_browser(towns.browser("driver"))
    url = owner.begin("roles", "a.mp4", 10).headers["location"]
    sends = Permission.SEND_DRIVES in ALLOWED[role]
    assert sends == (role in (Role.DRIVER, Role.ENGINEER, Role.ADMINISTRATOR))
    phones = [of_browser(towns.browser(role.value))] if role is not Role.DRIVER else []
    phones.append(of_browser(towns.browser(role.value, town=THERE)))
    for phone in phones:
        began = answers_of(phone, url)
        if sends:
            # What somebody else sends is not there, in this town or another.
            assert began[0] == 204
            assert began[1] in (200, 201)
            assert began[2:] == [404, 404, 404, 409, 200]
        else:
            assert began == [403] * 7
    assert of_token(towns, role, {Permission.SEE_TOWN}).begin("t", "t.mp4", 1).status_code == 403
    by_token = of_token(towns, role, {Permission.SEND_DRIVES})
    assert (by_token.begin("t", "t.mp4", 1).status_code in (200, 201)) == sends
    assert Phone(towns.app).begin("t", "t.mp4", 1).status_code == 401
    assert owner.offset(url) == 0


def test_the_audit_log_has_each_drive_once_and_refusals(towns: Gated) -> None:
    phone = of_browser(towns.browser("engineer"))
    before = len(towns.here.accounts.entries(limit=1000))
    url = phone.begin("audited", "a.mp4", len(DATA)).headers["location"]
    for start in range(0, len(DATA), 5000):
        phone.add(url, start, DATA[start : start + 5000])
    phone.complete("audited", {"a.mp4": DATA})
    of_browser(towns.browser("viewer")).begin("no", "a.mp4", 1)
    towns.gate.towns[0].audit.flush()
    entries = towns.here.accounts.entries(limit=1000)
    noted = [one for one in entries if "log-in" not in one.what][: len(entries) - before]
    whats = [(one.who, one.what, one.outcome) for one in noted]
    assert whats.count(("engineer", "POST /api/v1/sent/complete", "done")) == 1
    assert ("viewer", "POST /api/v1/uploads", "refused") in whats
    assert not any(what.startswith("PATCH /api/v1/uploads") for _, what, _ in whats)
    own = next(one for one in noted if one.what.endswith("complete"))
    assert f"1 files, {len(DATA)} bytes" in own.about


def test_pages_show_what_was_sent_and_what_became_of_it(city: City, phone: Phone) -> None:
    for drive, data in (("d1", DATA), ("d2", DATA[1:]), ("d3", DATA)):
        phone.send(drive, "drive.mp4", data)
        phone.complete(drive, {"drive.mp4": data})
    key = next(one.key for one in city.store.sent.drives() if one.client_key == "d2")
    book = city.store.sent
    cause = Cause(fault=DriveFault.VIDEO_CODEC, figures={"codec": "<i>", "tries": 3})
    why = "failed 3 times: <b>"
    assert book.finish(key, None, SentState.ASIDE, now_s=1.0, reason=why, cause=cause)
    own = phone.ask("GET", "/send", accept_language="en").text
    assert own.count("<li>") == 6
    assert "failed 3 times: &lt;b&gt;" in own
    assert sha256_of(DATA) in own
    told = "The video is coded as &lt;i&gt;, which cannot be read. It was tried 3 times."
    assert told in own
    assert "Samma filer har skickats förut" in phone.ask("GET", "/send").text
    listed = phone.ask("GET", "/api/v1/sent").json()["items"]
    aside = next(one for one in listed if one["drive"] == "d2")
    assert (aside["cause"], aside["figures"]) == ("video_codec", {"codec": "<i>", "tries": 3})
    town = " ".join(phone.ask("GET", "/drives", accept_language="en").text.split())
    assert "3 drives have come in: 1 waits, 1 is not used and 1 is put aside." in town
    swedish = phone.ask("GET", "/drives").text
    assert "3 körningar har kommit in: 1 väntar, 1 används inte och 1 är lagd åt sidan." in swedish
    assert told in town
    assert "failed 3 times: &lt;b&gt;" in town


def test_a_receipt_tells_nothing_of_another_who_sent_the_same(towns: Gated) -> None:
    first, second = (of_browser(towns.browser(name)) for name in ("driver", "engineer"))
    data = b"the same" * 100
    first.send("hers", "Anna hemma.mp4", data)
    key = first.complete("hers", {"Anna hemma.mp4": data}).json()["id"]
    book = towns.here.sent
    assert book.finish(key, "", SentState.ASIDE, now_s=1.0, reason="Anna hemma.mp4: is odd")
    second.send("his", "b.mp4", data)
    receipt = second.complete("his", {"b.mp4": data}).json()
    assert receipt["id"] == key
    assert (receipt["drive"], receipt["reason"]) == ("his", "")
    assert [one["name"] for one in receipt["files"]] == ["b.mp4"]
    assert "Anna" not in second.ask("GET", "/api/v1/sent").text + second.ask("GET", "/send").text
    again = first.complete("hers", {"Anna hemma.mp4": data}).json()
    assert [one["name"] for one in again["files"]] == ["Anna hemma.mp4"]


def test_the_audit_log_says_who_took_a_file_back(towns: Gated) -> None:
    phone = of_browser(towns.browser("engineer"))
    url = phone.begin("back", "a.mp4", 100).headers["location"]
    phone.add(url, 0, b"x" * 40)
    assert phone.ask("DELETE", url).status_code == 204
    towns.here.accounts.entries(limit=1)
    entry = towns.here.accounts.entries(limit=1)[0]
    assert (entry.who, entry.what) == ("engineer", "DELETE /api/v1/uploads/{upload_id}")
    assert entry.about == f"{url.rsplit('/', 1)[1]}, 40 of 100 bytes"
