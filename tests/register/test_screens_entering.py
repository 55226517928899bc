"""Signing in and staying so: sessions, guesses, second factor, links, hosts, and what follows them."""

from __future__ import annotations

import re
import time
from urllib.parse import quote

import pytest
from network_people import CHAIR, OFFICER
from secret_words import client_of

from diffuscope import register
from diffuscope.errors import PlanError
from diffuscope.register.database import writing
from diffuscope.register.language import LANGUAGES, language
from diffuscope.register.screens import guesses, sessions

pytest.importorskip("django_otp")
WORD = "correct horse battery"


@pytest.fixture
def quick(site, settings_of_site):
    """Hashes of passwords that take no time."""
    settings_of_site("PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])


@pytest.fixture
def settings_of_site(site, monkeypatch):
    from django.conf import settings
    from django.contrib.auth.hashers import get_hashers, get_hashers_by_algorithm

    def put(name, value):
        monkeypatch.setattr(settings, name, value)
        get_hashers.cache_clear()
        get_hashers_by_algorithm.cache_clear()

    yield put
    monkeypatch.undo()
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()


def account(code="city-bangkok"):
    from django.contrib.auth.models import User

    return User.objects.create_user(code, password=WORD)


def enter(own, code="city-bangkok", word=WORD, **more):
    return own.post("/enter", {"name": code, "password": word}, **more)


def later(own, **seconds):
    """The same session, begun and last used so many seconds ago."""
    session = own.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()


def test_signing_in_gives_a_new_session(site, client, quick):
    account()
    own = client(None)
    own.cookies["sessionid"] = "chosenbysomebodyelse0000000000ab"
    assert enter(own).status_code == 302
    assert own.cookies["sessionid"].value != "chosenbysomebodyelse0000000000ab"
    before = own.cookies["sessionid"].value
    enter(own)
    own.post("/leave")
    thief = client(None)
    thief.cookies["sessionid"] = before
    assert thief.get("/waves").url == "/enter?next=/waves", "a session that was left lets nobody in"
    cookie = enter(client(None)).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    ("ago", "status"),
    [
        ({}, 302), ({"seen": sessions.IDLE - 60}, 302), ({"seen": sessions.IDLE + 1}, 200),
        ({"began": sessions.LONGEST + 1}, 200), ({"began": sessions.LONGEST - 60, "seen": 10}, 302),
    ],
)  # fmt: skip
def test_a_session_ends_when_left_alone_and_after_a_day(site, client, ago, status):
    own = client("city-bangkok")
    later(own, **ago)
    answer = own.get("/waves", follow=False)
    ended = answer.status_code == 302 and answer.url.startswith("/enter")
    assert ended == (status == 200)
    if not ended and ago.get("seen", 0) > sessions.LOOK:
        assert time.time() - own.session["seen"] < 60, "each page begins the time anew"


def test_other_roles_or_a_new_password_end_every_session(site, client, quick):
    from diffuscope.register.models import Person, Role

    account()
    first, second = client(None), client(None)
    enter(first)
    enter(second)
    register.invite(site.folder, "city-bangkok", role="chair", person=OFFICER)
    assert [own.get("/me").status_code for own in (first, second)] == [302, 302]
    enter(first)
    role = Role.objects.get(person__code="city-bangkok", kind="chair")
    client(OFFICER).post("/people", {"do": "end", "role": role.pk})
    assert first.get("/me").status_code == 302
    enter(first)
    assert first.get("/me").status_code == 200
    from diffuscope.register.write import act_of, change

    with writing():
        change(act_of(OFFICER), Person.objects.get(code="city-bangkok"), {"invented": False})
    link = register.link_for(site.folder, "city-bangkok", person=OFFICER)[len(site.address) :]
    own, word = client(None), "another long sentence"
    assert own.post(link, {"password": word, "again": word}).status_code == 302
    assert first.get("/me").status_code == 302
    assert own.get("/me").status_code == 200
    assert enter(client(None)).status_code == 403, "the old password is gone"


def test_links_work_once_for_a_week_and_a_new_one_replaces_older_ones(site, client, quick):
    from datetime import UTC, datetime, timedelta

    from diffuscope.register.models import Invitation, Person
    from diffuscope.register.write import act_of, change

    with writing():
        change(act_of(OFFICER), Person.objects.get(code="siti"), {"invented": False})

    def link():
        return register.link_for(site.folder, "siti", person=OFFICER)[len(site.address) :]

    old, new = link(), link()
    assert client(None).get(old).status_code == 404
    word = {"password": "a long enough sentence", "again": "a long enough sentence"}
    assert client(None).get(new).status_code == client(None).get(new).status_code == 200, "looking is no use"
    assert client(None).post(new, word).status_code == 302
    assert client(None).post(new, word).status_code == 404
    late = link()
    with writing():
        row = Invitation.objects.order_by("pk").last()
        change(act_of(OFFICER), row, {"expires": datetime.now(UTC) - timedelta(seconds=1)})
    assert client(None).post(late, word).status_code == 404
    secret = link().rpartition("/")[2]
    assert secret not in "".join(Invitation.objects.values_list("token_sha256", flat=True))


def test_no_answer_tells_whether_a_name_has_an_account(site, client, quick, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher
    from django.contrib.auth.models import User

    account()
    User.objects.create_user("rep-THA")  # an account without a password
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *of: (hashed.append(1), encode(*of))[1])
    answers = {}
    for name in ("city-bangkok", "nobody", "rep-THA"):
        hashed.clear()
        answer = enter(client(None), name, "wrong")
        typed = f'value="{name}"'  # comes back, whoever it is
        assert typed in answer.content.decode()
        text = re.sub(r'value="\w{64}"', "", answer.content.decode().replace(typed, ""))
        answers[name] = (answer.status_code, text, len(hashed))
    assert len(set(answers.values())) == 1, "the same words, and as many hashes computed"
    for name in ("city-bangkok", "nobody"):
        codes = [enter(client(None), name, "wrong").status_code for _ in range(12)]
        answers[name] = codes
    assert answers["city-bangkok"] == answers["nobody"], "and both are locked alike"


def test_guesses_count_by_name_and_by_address(site, client, quick, monkeypatch):
    monkeypatch.setattr(guesses, "MANY", 12)
    account()
    account("rep-THA")
    for at in range(12):
        assert enter(client(None), word="wrong", REMOTE_ADDR=f"192.0.2.{at}").status_code == 403
    assert enter(client(None), REMOTE_ADDR="198.51.100.1").status_code == 429, "one name from everywhere"
    for at in range(12):
        enter(client(None), f"name-{at}", "wrong", REMOTE_ADDR="203.0.113.7")
    assert enter(client(None), "rep-THA", REMOTE_ADDR="203.0.113.7").status_code == 429, (
        "one address, all names"
    )
    assert enter(client(None), "rep-THA", REMOTE_ADDR="203.0.113.8").status_code == 302, "others go on"
    more = {
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "HTTP_FORWARDED": "for=203.0.113.9",
        "HTTP_CLIENT_IP": "1.1.1.1",
    }
    assert enter(client(None), "rep-THA", REMOTE_ADDR="203.0.113.7", **more).status_code == 429, (
        "no header helps"
    )


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "https:/evil.example",
        "https:///evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
        "/\t/evil.example", "/%2fevil.example@x", "http://localhost@evil.example/",
        "//localhost:80@evil.example", "///evil.example",
        "/waves\r\nSet-Cookie: x=1", " //evil.example", "\u2028//evil.example", "ftp:x",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(site, client, quick, to):
    from urllib.parse import urljoin, urlsplit

    account()
    for asked in (to, quote(to, safe="")):
        own = client(None)
        answer = own.post("/enter", {"name": "city-bangkok", "password": WORD, "next": asked})
        if answer.status_code == 302:
            goes = urlsplit(urljoin("http://localhost/enter", answer.url.replace("\\", "/")))
            assert (goes.scheme, goes.netloc) == ("http", "localhost"), asked
            assert "Set-Cookie: x" not in answer.serialize_headers().decode()
        text = own.get("/enter", {"next": asked}).content.decode()
        assert 'action="/enter"' in text


def test_every_form_needs_its_token(site):
    """Of each page that takes a form, by every role."""
    from django.test import Client

    from diffuscope.register.models import Change
    from diffuscope.register.screens.pages import PAGES

    changes = Change.objects.count()
    too_old = [language(code).screen["form_too_old"] for code in LANGUAGES]
    for code in (None, OFFICER, CHAIR, "rep-THA", "city-bangkok", "bank"):
        own = client_of(code, enforce_csrf_checks=True)
        for page in PAGES:
            if "POST" in page.methods:
                address = "/" + re.sub(
                    r"<\w+:(\w+)>", lambda part: {"number": "1"}.get(part[1], "x"), page.path
                )
                answer = own.post(address, {"do": "x"}, HTTP_REFERER="http://localhost/")
                assert answer.status_code == 403, (code, address)
                text = answer.content.decode()
                assert any(one in text for one in too_old), (code, address)
    assert Change.objects.count() == changes
    evil = Client(HTTP_HOST="localhost", enforce_csrf_checks=True).post("//evil.example/x")
    assert 'href="//' not in evil.content.decode()


def test_other_hosts_are_refused_and_pages_are_framed_by_nobody(site, client):
    for host in (
        "evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "127.0.0.1.evil.example",
    ):
        for address in ("/", "/enter", "/practices", "/nothing"):
            assert client(None).get(address, HTTP_HOST=host).status_code == 400, (host, address)
    answer = client(None).get("/enter")
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "same-origin", "a link that lets in is told to no other site"


def test_a_link_that_lets_in_stands_in_no_log(site, client, caplog):
    link = register.link_for(site.folder, "city-bangkok", person=OFFICER).partition("/enter/")[2]
    assert client(None).get(f"/enter/{link}").headers["Referrer-Policy"] == "strict-origin"
    strict = client_of(None, enforce_csrf_checks=True)
    for answer in (strict.post(f"/enter/{link}", {}), client(None).get(f"/enter/{link[::-1]}")):
        assert answer.status_code in (403, 404)
    assert caplog.text.count("/enter/…") == 2
    assert link not in caplog.text
    assert link[::-1] not in caplog.text
    strict.get(f"/enter/{link}")
    form = {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value, "password": WORD, "again": WORD}
    of_page = {"secure": True, "HTTP_REFERER": "https://localhost/"}
    assert strict.post(f"/enter/{link}", form, **of_page).status_code == 302, "a browser names the site alone"


def test_a_code_of_the_second_factor_counts_once_and_guesses_wait_longer_and_longer(site, client):
    from django_otp.oath import TOTP
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from diffuscope.register.models import Person
    from diffuscope.register.write import act_of, change

    with writing():
        change(act_of(OFFICER), Person.objects.get(code=CHAIR), {"invented": False})
    own = client(CHAIR)
    assert own.get("/waves").url == "/enter/code"
    assert own.post("/waves", {"wave": "2030", "due": "2030-01-01"}).url == "/enter/code", (
        "nor does a form pass"
    )
    own.get("/enter/code")
    device = TOTPDevice.objects.get(user__username=CHAIR)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time()
    code = f"{totp.token():06}"
    assert own.post("/enter/code", {"code": code}).status_code == 200
    second = client(CHAIR)
    assert second.post("/enter/code", {"code": code}).status_code == 403, (
        "seen over a shoulder, it is used up"
    )
    device.refresh_from_db()
    device.throttle_reset()
    for at in range(5):
        second.post("/enter/code", {"code": f"{at:06}"})
    totp.time = time.time() + device.step
    assert second.post("/enter/code", {"code": f"{totp.token():06}"}).status_code == 403, (
        "the right one waits too"
    )
    device.refresh_from_db()
    assert device.throttling_failure_count >= 1
    assert second.get("/waves").url == "/enter/code"


def test_where_no_officer_is_left_the_server_makes_one(on_sqlite):
    from diffuscope.register.database import opened

    with pytest.raises(PlanError, match="Nobody gives themselves"):
        register.invite(on_sqlite, OFFICER, role="secretariat", person=OFFICER)
    with pytest.raises(PlanError, match="may not do this"):
        register.invite(on_sqlite, "new", role="secretariat", person="rep-THA")
    with opened(on_sqlite), writing():
        from diffuscope.register.models import Role
        from diffuscope.register.write import act_of, change

        for role in Role.objects.filter(kind="secretariat"):
            change(act_of(CHAIR), role, {"retired": True})
    with pytest.raises(PlanError, match="may not do this"):
        register.invite(on_sqlite, "new", role="chair", person="rep-THA")
    assert register.invite(on_sqlite, "new", role="secretariat", person="rep-THA").role == "secretariat"
    with pytest.raises(PlanError, match="may not do this"):
        register.invite(on_sqlite, "more", role="secretariat", person="rep-THA")


def test_a_link_that_an_officer_makes_lets_nobody_in_as_the_chair(site, client, quick):
    """One officer alone would propose and confirm otherwise; the chair is told who made the link."""
    from django_otp.oath import TOTP
    from django_otp.plugins.otp_static.models import StaticToken
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from diffuscope.register.models import Person
    from diffuscope.register.screens.accounts import confirm_device
    from diffuscope.register.write import act_of, change

    with writing():
        change(act_of(OFFICER), Person.objects.get(code="chair"), {"invented": False})
    officer, user = client(OFFICER), account("chair")
    device = TOTPDevice.objects.create(user=user, name="second factor", confirmed=False)
    codes = confirm_device(user, device)
    enter(client(None), "chair")  # once before, so that a link is news

    def by_page():
        answer = officer.post("/people", {"do": "lost", "whom": "chair"})
        return re.search(r"<code>http://[^/]+(/enter/[^<]+)</code>", answer.content.decode())[1]

    def by_command():
        return register.link_for(site.folder, "chair", person=OFFICER)[len(site.address) :]

    def by_role():
        made = register.invite(site.folder, "chair", role="city", member="bangkok", person=OFFICER)
        return made.link[len(site.address) :]

    for at, link in enumerate((by_page, by_command, by_role)):
        own, word = (
            client(None),
            {"password": f"another long sentence {at}", "again": f"another long sentence {at}"},
        )
        assert own.post(link(), word).status_code == 302
        for page in ("/waves", "/waves/2025/publish", "/people"):
            assert own.get(page).headers["Location"] == "/enter/code", (link.__name__, page)
        assert StaticToken.objects.filter(device__user=user).count() == len(codes) - at
        assert own.post("/enter/code", {"code": codes[at]}).headers["Location"] == "/waves"
        assert f"{OFFICER} made a link on" in own.get("/waves").content.decode()
        assert f"by {OFFICER}." in own.get("/me").content.decode()
    refused = officer.post("/people", {"do": "invite", "whom": "friend", "role": "chair"})
    assert (refused.status_code, Person.objects.filter(code="friend").count()) == (400, 0)
    link = register.link_for(site.folder, "chair", person=OFFICER, forget_factor=True)[len(site.address) :]
    assert not TOTPDevice.objects.filter(user=user).exists()
    assert own.get("/me").headers["Location"].startswith("/enter"), "signed out"
    own = client(None)
    assert own.post(link, word).status_code == 302
    own.get("/enter/code")
    device = TOTPDevice.objects.get(user=user)
    again = own.post("/enter/code", {"code": f"{TOTP(device.bin_key).token():06}"})
    assert "took your second factor away" in again.content.decode(), "beside the new recovery codes"
    from diffuscope.register.models import Change

    assert Change.objects.filter(entity="Invitation", why__contains="took the second factor away").exists()
