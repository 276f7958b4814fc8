"""The report in a real browser: real clicks, real keys, real rendering (headless Chromium)."""

from __future__ import annotations

import base64
import re

import pytest

from tests.report import example_class

PHONE = 360
LARGER_PHONE = 390
WIDE = 1200


class Page:
    """One page of the report, loaded afresh."""

    def __init__(self, driver, report):
        self.driver, self._report = driver, report

    def open(self, name="report/hw1/index.html", width=WIDE, scheme="light"):
        # Reduced motion: there is no smooth scrolling to wait for.
        media = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in media.items()]
        size = {
            "width": width,
            "height": 800,
            "deviceScaleFactor": 1,
            "mobile": width <= LARGER_PHONE,
        }
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.get((self._report / name).as_uri())
        return self

    def find(self, selector):
        return self.driver.find_element("css selector", selector)

    def all(self, selector):
        return self.driver.find_elements("css selector", selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def students(self):
        """Names of the rows that can be seen, from the top."""
        names = "#table-students tbody tr:not([hidden]) th"
        return self.run(f"return [...document.querySelectorAll('{names}')].map(e => e.innerText)")

    def column(self, index):
        """The numbers of one column from the top; None where there is no score."""
        cells = f"#table-students tbody tr td:nth-child({index})"
        values = self.run(
            f"return [...document.querySelectorAll('{cells}')].map(e => e.dataset.number)"
        )
        return [float(value) if value else None for value in values]

    def heading(self, index):
        return self.find(f"#table-students thead th:nth-child({index})")

    def log(self):
        return [(entry["level"], entry["message"]) for entry in self.driver.get_log("browser")]


@pytest.fixture
def page(driver, report):
    page = Page(driver, report)
    page.log()  # what an earlier test left
    return page


ALL = [
    "report/hw1/index.html",
    "report/hw1/index.ko.html",
    "feedback/script/hw1/feedback.html",
    "feedback/script/hw1/feedback.ko.html",
    "feedback/empty/hw1/feedback.html",
    "feedback/template/hw1/feedback.ko.html",
]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("width", [PHONE, LARGER_PHONE, 768, WIDE])
def test_page_loads_without_a_word_on_the_console_and_fits(page, name, width):
    page.open(name, width)
    assert page.log() == []
    assert page.run("return document.documentElement.scrollWidth") <= width
    assert page.run("return window.innerWidth") == width


@pytest.mark.parametrize("name", ALL)
def test_nothing_runs_but_our_script(page, name):
    page.open(name)
    assert page.run("return document.scripts.length") == name.startswith("report/")
    assert page.run("return document.images.length") == 0
    added = """
        const script = document.createElement("script");
        script.textContent = "window.hacked = true";
        document.body.append(script);
        const image = document.createElement("img");
        image.src = "http://127.0.0.1:9/x.png";
        const done = arguments[0], seen = [];
        document.addEventListener("securitypolicyviolation", (event) => {
          seen.push(event.effectiveDirective);
          if (event.effectiveDirective === "img-src") done([window.hacked ?? false, seen]);
        });
        document.body.append(image);
    """
    hacked, refused = page.driver.execute_async_script(added)
    assert not hacked
    assert "img-src" in refused


def _in_order(values, *, up):
    scores = [value for value in values if value is not None]
    missing = values[len(scores) :]
    return scores == sorted(scores, reverse=not up) and all(value is None for value in missing)


def test_a_click_sorts_and_a_second_one_turns_the_order(page):
    page.open()
    before = page.column(2)
    assert not _in_order(before, up=True)
    page.heading(2).find_element("css selector", "button").click()
    assert page.heading(2).get_attribute("aria-sort") == "ascending"
    assert _in_order(page.column(2), up=True)
    page.heading(2).find_element("css selector", "button").click()
    assert page.heading(2).get_attribute("aria-sort") == "descending"
    assert _in_order(page.column(2), up=False)
    assert sorted(map(str, page.column(2))) == sorted(map(str, before))
    assert len(page.all("#table-students [aria-sort]")) == 1


@pytest.mark.parametrize("key", ["\ue007", " "], ids=["Enter", "Space"])
def test_a_key_sorts(page, key):
    page.open()
    names = page.students()
    button = page.heading(5).find_element("css selector", "button")
    button.send_keys(key)
    assert page.heading(5).get_attribute("aria-sort") == "ascending"
    assert _in_order(page.column(5), up=True)
    assert page.students() != names
    assert page.run("return document.activeElement === arguments[0]", button)


def test_names_sort_as_text_in_both_directions(page):
    page.open()
    button = page.heading(1).find_element("css selector", "button")
    button.click()
    up = page.students()
    button.click()
    assert page.students() == up[::-1]
    assert up.index("ahn_jaehyun") < up.index("yoon_sua") < up.index("김민수") < up.index("최지우")


def test_the_tab_key_reaches_the_search_and_the_first_heading(page):
    page.open()
    search = page.find("#search-students")
    page.run("arguments[0].focus()", search)
    reached = []
    for _ in range(6):
        page.driver.switch_to.active_element.send_keys("\ue004")
        reached.append(page.run("return document.activeElement.innerText"))
    assert any("Student" in text and len(text) < 12 for text in reached)


def test_the_filter_narrows_the_rows_and_says_so(page):
    page.open()
    everybody = page.students()
    search = page.find("#search-students")
    label = page.find(f"label[for='{search.get_attribute('id')}']")
    assert label.text == "Search students"
    search.send_keys("김민")
    assert page.students() == ["김민수"]
    assert page.find("output[for='search-students']").text == f"1 of {len(everybody)} shown"
    search.clear()
    search.send_keys("REGRADE")
    assert page.students() == ["bae_regrade"]
    search.clear()
    search.send_keys("nobody has this name")
    assert page.students() == []
    search.clear()
    search.send_keys(" ")
    assert page.students() == everybody


def test_the_filter_finds_hangul_that_a_mac_decomposed(page):
    page.open()
    search = page.find("#search-students")
    page.run(
        "arguments[0].value = '김민수'.normalize('NFD');"
        "arguments[0].dispatchEvent(new Event('input'))",
        search,
    )
    assert page.students() == ["김민수"]


def test_a_sort_keeps_the_filter(page):
    page.open()
    page.find("#search-students").send_keys("han_")
    page.heading(2).find_element("css selector", "button").click()
    assert sorted(page.students()) == ["han_empty", "han_siwoo"]


def test_checks_sort_and_filter_too(page):
    page.open()
    page.find("#search-checks").send_keys("public")
    shown = page.run(
        "return [...document.querySelectorAll('#table-checks tbody tr:not([hidden])')].length"
    )
    assert shown == len(example_class.EXERCISES)


@pytest.mark.parametrize("stem", ["oh_jimin", *example_class.HOSTILE])
def test_the_link_of_a_student_leads_to_their_feedback(page, stem):
    page.open()
    name = example_class.class_records()[stem].student
    row = next(
        row
        for row in page.all("#table-students tbody th a")
        if f"/{stem}/" in page.run("return decodeURIComponent(arguments[0].href)", row)
    )
    row.click()
    assert page.find("h1").text == "Naive Bayes and logistic regression"
    shown = page.find(".who").text
    assert shown == name.replace("\u202e", "⟨U+202E⟩").replace("\u0007", "⟨U+0007⟩")
    page.find("a.language").click()
    assert page.find("h1").text == "나이브 베이즈와 로지스틱 회귀"
    assert page.find("html").get_attribute("lang") == "ko"
    assert page.log() == []


@pytest.mark.parametrize("name", ALL[:3])
def test_dark_and_light(page, name):
    def brightness(scheme):
        page.open(name, scheme=scheme)
        style = "getComputedStyle(document.body)"
        return [
            sum(map(int, page.run(f"return {style}.{part}.match(/\\d+/g)")))
            for part in ("backgroundColor", "color")
        ]

    ground, ink = brightness("light")
    assert ground > 600 > 300 > ink
    ground, ink = brightness("dark")
    assert ink > 600 > 300 > ground


def test_focus_can_be_seen(page):
    page.open()
    button = page.heading(2).find_element("css selector", "button")
    button.send_keys("\ue004\ue008\ue004")  # Tab away and Shift-Tab back
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert page.run(outline) == "solid"


def test_on_paper_nothing_is_cut_off(page):
    """Boxes that scroll on the screen open up, and controls are gone."""
    page.open()
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    boxes = page.run(
        "return [...document.querySelectorAll('.scroll')]"
        ".map(e => getComputedStyle(e).overflowY + getComputedStyle(e).maxHeight)"
    )
    assert set(boxes) == {"visiblenone"}
    assert not page.find("#search-students").is_displayed()
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_feedback_on_a_phone_needs_no_sideways_scrolling(page):
    page.open("feedback/oh_jimin/hw1/feedback.html", LARGER_PHONE)
    for box in page.all("table, ul, article"):
        assert page.run("return arguments[0].scrollWidth", box) <= LARGER_PHONE


def test_passed_checks_are_folded_on_the_screen_and_gone_on_paper(page):
    page.open("feedback/oh_jimin/hw1/feedback.html")
    folded = page.find(".folded li")
    assert not folded.is_displayed()
    page.find(".folded summary").click()
    assert folded.is_displayed()
    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pages = re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"]))
    assert 1 <= len(pages) <= 3
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not folded.is_displayed()
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
