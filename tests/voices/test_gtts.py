from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from requests import ConnectionError, PreparedRequest, Response

from explainer.cli import main
from explainer.errors import VoiceError
from explainer.voices import gtts, subprocess_engine
from explainer.voices.base import EngineSettings
from explainer.voices.gtts import Gtts
from explainer.voices.responses import EngineResponse

if TYPE_CHECKING:
    from project import Project
    from tests.voices.conftest import Service

pytestmark = pytest.mark.slow

TEXT = "These carry dozens."


@pytest.fixture(autouse=True)
def _short_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gtts, "RETRY_DELAYS", (0.01, 0.01))


def test_a_sentence_is_one_request_with_the_text_as_it_is(service: Service) -> None:
    spoken = Gtts().speak(TEXT, "en-US")
    assert service.asked == [TEXT]
    assert service.languages == ["en"]
    assert spoken.word_boundaries == ()
    assert 0.8 < len(spoken.samples) / spoken.rate < 3


def test_a_long_sentence_is_cut_at_a_clause_and_nothing_is_lost(service: Service) -> None:
    text = (
        f"{'With a word or two more, ' * 3}it cut early recurrence by about half, and that is good."
    )
    Gtts().speak(text, "en")
    assert len(service.asked) == 2
    assert " ".join(service.asked) == text
    assert service.asked[0].endswith(",")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_that_passes_is_tried_again(service: Service, status: int) -> None:
    service.plan = [status, status]
    assert len(Gtts().speak(TEXT, "en").samples)
    assert service.asked == [TEXT] * 3


def test_after_three_refusals_it_gives_up_and_says_what_to_do(service: Service) -> None:
    service.plan = [429] * 9
    with pytest.raises(VoiceError, match="429") as caught:
        Gtts().speak(TEXT, "en")
    assert len(service.asked) == 3
    assert "--voice hibari" in caught.value.problems[0].remedy


@pytest.mark.parametrize("step", [403, 404, "garbage", "noise", "empty", "short"])
def test_an_answer_that_will_not_change_is_not_asked_for_again(
    service: Service, step: str | int
) -> None:
    service.plan = [step]
    with pytest.raises(VoiceError) as caught:
        Gtts().speak("A sentence with quite a number of words in it.", "en")
    assert len(service.asked) == 1
    assert caught.value.problems[0].remedy


@pytest.mark.parametrize("step", ["hang", "drip"])
def test_a_server_that_does_not_finish_is_left_at_the_deadline(
    service: Service, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gtts, "RETRY_DELAYS", ())
    monkeypatch.setattr(gtts, "TIMEOUT", 1.0)
    service.plan = [step]
    # the server would go on for ever
    with pytest.raises(VoiceError, match="did not answer within 1 s"):
        Gtts().speak(TEXT, "en")
    assert service.asked in ([TEXT], [])  # a slow machine has not even begun by then


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that each request may take, as they are made; it gets a third of them."""
    seconds: list[float] = []

    def call(module: str, request: dict[str, object], most: float) -> EngineResponse:
        seconds.append(most)
        return subprocess_engine.call(module, request, most / 3)

    monkeypatch.setattr(gtts, "call", call)
    return seconds


def test_an_unreachable_server_is_asked_once_for_at_most_five_seconds(
    service: Service, monkeypatch: pytest.MonkeyPatch, allowed: list[float]
) -> None:
    monkeypatch.setenv("EXPLAINER_GTTS_URL", "http://127.0.0.1:9")
    with pytest.raises(VoiceError, match=r"Failed to connect|did not answer"):
        Gtts().check("en")
    assert len(allowed) == 1
    assert sum(allowed) < 5


def test_a_silent_server_is_asked_once_for_at_most_five_seconds(
    service: Service, allowed: list[float]
) -> None:
    service.plan = ["hang"]
    with pytest.raises(VoiceError, match="did not answer"):
        Gtts().check("en")
    assert len(allowed) == 1
    assert sum(allowed) < 5


def test_checking_hears_the_service_speak(service: Service) -> None:
    Gtts().check("de")
    assert service.languages == ["de"]
    service.plan = ["garbage"]
    with pytest.raises(VoiceError):
        Gtts().check("en")


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock(service: Service, monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(gtts, "time", made)
    monkeypatch.setattr(gtts, "MIN_REQUEST_INTERVAL", 0.75)
    monkeypatch.setattr(gtts._NextRequest, "at", 0.0)
    return made


def test_requests_are_three_quarters_of_a_second_apart(service: Service, clock: Clock) -> None:
    voice = Gtts()
    for _ in range(3):
        voice.speak(TEXT, "en")
    assert clock.slept == [0, 0.75, 0.75]
    clock.now += 0.5
    voice.speak(TEXT, "en")
    assert clock.slept[3:] == [0.25]
    clock.now += 5
    voice.speak(TEXT, "en")
    assert clock.slept[4:] == [0]


def test_a_request_made_again_rests_longer_each_time(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gtts, "RETRY_DELAYS", (1.0, 4.0))
    service.plan = [429, 503]
    Gtts().speak(TEXT, "en")
    assert clock.slept == [0, 1, 0, 4, 0]


def test_the_script_may_ask_for_an_accent_and_for_slow_speech(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, slow = Gtts(), Gtts(EngineSettings(options={"tld": "co.uk", "slow": "yes"}))
    plain.speak(TEXT, "en")
    slow.speak(TEXT, "en")
    assert service.slow == [False, True]
    monkeypatch.delenv("EXPLAINER_GTTS_URL")
    servers = [voice.fingerprint("en")["server"] for voice in (plain, slow)]
    assert servers == ["https://translate.google.com", "https://translate.google.co.uk"]
    assert "pace" in slow.fingerprint("en").keys() - plain.fingerprint("en").keys()


def test_a_request_goes_to_the_server_of_its_accent(monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[str] = []

    def refuse(self: object, request: PreparedRequest, **_: object) -> Response:
        went.append(str(request.url))
        raise ConnectionError

    monkeypatch.setattr("requests.Session.send", refuse)
    for tld in ("com", "co.uk"):
        request = Gtts(EngineSettings(options={"tld": tld}))._request(TEXT, "en")
        assert gtts.handle(request)[0]["status"] is None
        gtts.handle(request | {"url": "http://127.0.0.1:9"})
    assert [url.split("/_/")[0] for url in went] == [
        "https://translate.google.com",
        "http://127.0.0.1:9",
        "https://translate.google.co.uk",
        "http://127.0.0.1:9",
    ]


def test_the_code_for_a_language_is_the_services_own() -> None:
    voices = {code: Gtts().fingerprint(code)["voice"] for code in ("zh-tw", "en-GB", "pt_PT", "de")}
    assert voices == {"zh-tw": "zh-TW", "en-GB": "en", "pt_PT": "pt-PT", "de": "de"}


THREE = [
    "A single dot appears.",
    "Then another one joins it.",
    "Both of them stay.",
]


@pytest.fixture
def spoken_by_gtts(service: Service, project: Project) -> Project:
    project.edit(
        "cite: [euclid]",
        "cite: [euclid]\n      - {id: three, say: Both of them stay., show: They stay.}",
    )
    project.edit_scene(
        "    def two(self)", "    def three(self):\n        pass\n\n    def two(self)"
    )
    return project


def check() -> int:
    return main(["check", "--voice", "gtts"])


def test_one_line_changed_is_one_request(service: Service, spoken_by_gtts: Project) -> None:
    check()
    assert service.asked == ["1", *THREE]
    service.asked.clear()
    check()
    assert service.asked == []
    spoken_by_gtts.edit("joins it.", "comes along.")
    check()
    assert service.asked == ["Then another one comes along."]


def test_another_accent_in_the_script_speaks_every_line_anew(
    service: Service, spoken_by_gtts: Project
) -> None:
    check()
    service.asked.clear()
    spoken_by_gtts.edit("limit: 20", "limit: 20\nengines: {gtts: {slow: yes}}")
    assert check() == 0
    assert service.asked == ["1", *THREE]
    assert all(service.slow[-3:])


def test_a_refusal_in_the_middle_keeps_what_is_spoken_and_says_how_to_go_on(
    service: Service, spoken_by_gtts: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    service.plan = ["speak", "speak", 429, 429, 429]
    assert check() == 4
    said = capsys.readouterr().err
    assert "line dots.two: gtts could not speak" in said
    assert "kept; go on with: explainer check --voice gtts" in said
    service.asked.clear()
    check()
    assert service.asked == THREE[1:]
