"""Signing in against the hash alone, and the memory of a web process meanwhile."""

from __future__ import annotations

import html
import http.client
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.cookiejar import CookieJar
from statistics import median
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher, extract_parameters

from benchmarks import place
from benchmarks.data import LOGINS, connect, databases
from benchmarks.load import Load, Request
from benchmarks.processes import Memory, NotMeasured, portal_server
from portal.accounts.hashing import hasher

_PATH, PIN = "/masuk", "271934"
_ROUNDS, _SECONDS, _WARM_UP = 7, 5, 3
_UNTIL_LOCKED, _REFUSALS = 12, 150
_FIELD = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def measure() -> Iterator[tuple[str, float]]:
    """Sign-ins a second against checks of one hash a second on all cores, in rounds by turns."""
    with databases("100k") as urls:
        url = urls["100k"]
        stored = open_accounts(url)
        with portal_server(url, "sign-in") as server, closing(_load(server.url)) as load:
            load.warm_up(_WARM_UP)
            with Memory(*server.workers) as memory:
                rounds = [(load.run(_SECONDS).per_second, _hashes_per_second(stored)) for _ in range(_ROUNDS)]
            _forget_sign_ins(url)
            medians = _refused(server.url)
        _forget_sign_ins(url)
    yield "login_rps", median(login for login, _ in rounds)
    yield "argon2_rps", median(alone for _, alone in rounds)
    yield "login_vs_argon2", median(login / alone for login, alone in rounds)
    yield "web_rss_mb", memory.most_mb
    for who, milliseconds in medians.items():
        yield f"refused_{who}_ms", milliseconds
    yield "refused_spread", max(medians.values()) / min(medians.values())


def _refused(url: str) -> dict[str, float]:
    """The median milliseconds that a wrong sign-in takes for a NIK that nobody has, that somebody has, and that waits
    since too many tried it: by turns, one at a time, so that none can be told from another."""
    cookies, token = _form(url)
    link = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}

    def milliseconds(nik: str) -> float:
        body = urlencode({"csrf_token": token, "nik": nik, "pin": "183940"})
        began = time.perf_counter()
        link.request("POST", _PATH, body, headers)
        answer = link.getresponse()
        answer.read()
        if answer.status not in (422, 429):
            raise NotMeasured(f"a wrong sign-in answered {answer.status}")
        return (time.perf_counter() - began) * 1000

    locked = LOGINS[-1].nik
    for _try in range(_UNTIL_LOCKED):
        milliseconds(locked)
    taken: dict[str, list[float]] = {"unknown": [], "known": [], "locked": []}
    for number in range(_REFUSALS):
        taken["unknown"].append(milliseconds(f"351099{number % 28 + 1:02}0180{9000 + number}"))
        taken["known"].append(milliseconds(LOGINS[number].nik))
        taken["locked"].append(milliseconds(locked))
    link.close()
    return {who: median(times) for who, times in taken.items()}


def open_accounts(url: str) -> str:
    """Give every account the same PIN, hashed as the portal hashes it; gives the hash."""
    settings = place.settings()
    hasher.bind(settings.pin_pepper.get_secret_value(), settings.hash_memory_kib)
    stored = hasher.hash(PIN)
    with connect(url) as connection:
        connection.execute("UPDATE account SET pin_hash = %s", (stored,))
    _forget_sign_ins(url)
    return stored


def _forget_sign_ins(url: str) -> None:
    """Remove what sign-ins leave, so that each run begins alike."""
    with connect(url) as connection:
        connection.execute("DELETE FROM web_session WHERE expires_at < now() + interval '1 year'")
        connection.execute("DELETE FROM known_device")
        connection.execute("DELETE FROM signin_guard")


def _load(url: str) -> Load:
    cookies, token = _form(url)
    requests = [
        Request(cookies, body=urlencode({"csrf_token": token, "nik": login.nik, "pin": PIN})) for login in LOGINS
    ]
    return Load(url, _PATH, method="POST", right=303, requests=requests)


def _form(url: str) -> tuple[str, str]:
    """The cookies and the token of the sign-in page."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(url + _PATH, timeout=10) as answer:
        field = _FIELD.search(answer.read().decode())
    if field is None:
        raise NotMeasured(f"{_PATH} has no csrf_token")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar if cookie.name == "portal")
    return cookies, html.unescape(field[1])


def _hashes_per_second(stored: str) -> float:
    """Checks of a hash with the parameters of ``stored`` on all cores, and nothing else."""
    given = extract_parameters(stored)
    argon = PasswordHasher(given.time_cost, given.memory_cost, given.parallelism)
    alone = argon.hash("alone")
    done, over = [0] * place.CORES, time.monotonic() + _SECONDS

    def work(core: int) -> None:
        while time.monotonic() < over:
            argon.verify(alone, "alone")
            done[core] += 1

    began = time.monotonic()
    threads = [threading.Thread(target=work, args=(core,)) for core in range(place.CORES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - began)
