"""Free text and addresses of strangers: decent ones in any language pass, the rest is refused with its code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from braincast.forecasts.submissions.addresses import flaw_of_contact, flaw_of_link
from braincast.forecasts.submissions.texts import flaw_of_text, shown, spelled

NAMES = [
    "Ada Lovelace",
    "Łukasz O'Neill-Ñandú",
    "Müller, J. (Zürich)",
    "D’Arcy “Wentworth” Thompson",
    "李明",
    "山田 太郎",
    "やまだ・タロウ",
    "김민준",
    "Дмитрий Иванов",
    "Ольга Ков’яч",
    "Γιώργος Παπαδόπουλος",
    "محمد علي",
    "דוד לוי",
    "प्रिया शर्मा",
    "สมชาย ใจดี",
    "Nguyễn Văn Ánh",
    "Հայկ Արամյան",
    "გიორგი ბერიძე",
    "Kekuʻiapoiwa",
    "Team 42, 2nd floor",
    "Lab of X & Y",
    "Xu Li (李旭)",
    "Smith, J.; Jones, K.",
]
TEXTS = [
    "p < 0.05",
    "p<0.05, n = 7, q > 1 and |z| >= 3",
    "A & B; AT&T; R&D",
    "R² = 0.9 ± 0.1",
    "ΔF/F, %ΔF/F, 5 µm, 5 μm, 2 kΩ, MΩ, α = 0.5, λ/2",
    "β-catenin, TNFα, NFκB, γδT, 5-HT2α, σ₀",
    "x̄ and R̂ below 1.01",
    "L2 or ℓ1 penalty; x ∈ ℝⁿ; 𝑝 < 0.05",
    "stimulus onset = 5 s, offset = 7 s, one = 1",
    "training data: the worm; Data: none",
    "gene expression (CeNGEN), curl(F)",
    "50% of neurons, 10%/20%, 95 % CI [0.1, 0.2]",
    "e.g. lead 1…8 – or more – “quoted” ‘text’ (see https://example.org/a?b=1&c=2)",
    "x <- 3; a -> b; (-5 mV to +5 mV)",
    "使用Python编写的GPU加速模型",
    "プラスα、Tシャツ、ﾃ",
    "ใช้Pythonเขียน กำลัง",
    "модель IT-компании, γ-лучи, ДНК",
    "naïve façade Straße œuvre ŉ ĳ ﬁt",
    "worked well 🎉",
    "1) first, 2) second",
    "and so on...",
]


@pytest.mark.parametrize("text", [*NAMES, *TEXTS])
def test_a_decent_text_passes(text):
    assert flaw_of_text(text, most=200) is None
    assert flaw_of_text(f"{text}\n\n- {text}\n", most=400, several_lines=True) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_decent_name_passes(name):
    assert flaw_of_text(name, most=200, is_name=True) is None


@pytest.mark.parametrize("name", ["αlice", "Δlice", "TNFα", "𝐀. Lovelace", "Ａ Team"])
def test_a_name_does_not_carry_the_letters_of_formulas(name):
    assert flaw_of_text(name, most=200) is None
    assert flaw_of_text(name, most=200, is_name=True).code == "E608"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ada\u202eecalevoL", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("Ada\nLovelace", "U+000A"),
        ("Ada\u00a0Lovelace", "U+00A0 NO-BREAK SPACE"),
        ("Ad\u0061\u0301", "character 3 on: U+0061 LATIN SMALL LETTER A"),
        ("Ą" + "\u0323\u0324\u0325\u0326\u0329", "at most 4 marks"),
        ("Аda", r"'\u0410da'"),
        ("a <b", "'<b'"),
        ("＝1", "begins with '='"),
        (" Ada", "begins or ends with a space"),
        ("Ada" * 100, "300 characters; at most 200"),
    ],
)
def test_a_refusal_says_what_was_found(text, words):
    assert words in flaw_of_text(text, most=200).what


def test_the_longest_text_passes_and_a_longer_one_does_not():
    assert flaw_of_text("a" * 200, most=200) is None
    assert flaw_of_text("a" * 201, most=200).code == "E607"


@given(st.text(max_size=300))
def test_what_passes_can_be_seen_and_begins_no_formula(text):
    if flaw_of_text(text, most=300) is None:
        assert text.isprintable() and text.strip() == text != ""
        assert text[0] not in "=+-@" and not set("{}`\\") & set(text)
        text.encode()


@given(st.text(max_size=500), st.integers(20, 100))
def test_a_text_is_shown_short_and_printable(text, most):
    for words in (shown(text, most), spelled(text, most)):
        assert words.isprintable() and len(words) <= most
    assert spelled(text, most).isascii()


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org",
        "https://example.org/",
        "https://example.org:443/a",
        "https://github.com/ada/model_2/tree/v1.0?tab=readme#use",
        "https://medium.com/@ada/a-b~c",
        "https://en.wikipedia.org/wiki/Neuron_(journal)",
        "https://doi.org/10.1038/s41586-023-06683-4",
        "https://example.org/%E6%9D%8E",
        "https://Sub-Domain.Example.museum/x;y=1,2&z=a+b*c!$",
    ],
)
def test_a_plain_https_link_passes(link):
    assert flaw_of_link(link) is None and flaw_of_contact(link) is None


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org",
        "HTTPS://example.org",
        "ftp://example.org",
        "//example.org",
        "example.org",
        "https:example.org",
        "https:///example.org",
        "https://",
        "https://localhost",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://ada@example.org",
        "https://ada:secret@example.org",
        "https://example.org:443@evil.example",
        "https://example.org:8443/",
        "https://example.org:0443/",
        "https://example.org.",
        "https://.example.org",
        "https://-example.org",
        "https://exa_mple.org",
        "https://xn--80ak6aa92e.com/",
        "https://sub.XN--80ak6aa92e.com/",
        "https://аpple.com/",
        "https://example.org/李",
        "https://example.org/a b",
        "https://example.org/a\nb",
        "https://example.org/\n",
        'https://example.org/"onload=x',
        "https://example.org/'x",
        "https://example.org/<b>",
        "https://example.org\\@evil.example",
        "https://example.org/%0d%0aSet-Cookie:x",
        "https://example.org/%zz",
        "https://example.org/%",
        "https://example.org/" + "a" * 300,
        "https://" + "a" * 64 + ".org",
        "https://example。org",
        "https://example.org/\u202e",
    ],
)
def test_any_other_link_is_refused(link):
    assert flaw_of_link(link).code == "E609"
    assert flaw_of_contact(link).code == "E609"


@pytest.mark.parametrize("address", ["ada@example.org", "a.lovelace+brain_cast@lab-1.uni.example.org", "A1@b.co"])
def test_a_plain_email_address_passes(address):
    assert flaw_of_contact(address) is None
    assert flaw_of_link(address).code == "E609"


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@127.0.0.1",
        "ada@@example.org",
        "a..b@example.org",
        ".ada@example.org",
        "ada.@example.org",
        "+ada@example.org",
        "-ada@example.org",
        '"ada"@example.org',
        "Ada <ada@example.org>",
        "mailto:ada@example.org",
        "ada@example.org?subject=x",
        "ada@example.org\nBcc: x@example.org",
        "ada@xn--80ak6aa92e.com",
        "аda@example.org",
        "a" * 300 + "@example.org",
        "_" * 299 + "!",
    ],
)
def test_any_other_contact_is_refused(address):
    assert flaw_of_contact(address).code == "E609"
