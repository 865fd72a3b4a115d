"""Messages that somebody wrote to deceive or to break whoever reads them."""

from hypothesis import given
from hypothesis import strategies as st

from assay.scenarios.messages import as_text, normalised, read_message

HEAD = "From: a@x.com\nTo: b@y.com\nMIME-Version: 1.0\n"


def test_html_is_text_without_scripts_and_with_hidden_words() -> None:
    page = (
        "<html><script>alert('</p>')</script><style>p{}</style><!-- note --><p>One&nbsp;<b>two</b></p>"
        "<div style='display:none'>three</div><img src=x onerror=alert(1)><p>four<br>five"
    )
    assert as_text(page).split() == ["One", "two", "three", "four", "five"]


def test_what_never_closes_is_read_all_the_same() -> None:
    assert "deep" in as_text("<blockquote>" * 20_000 + "deep")
    assert as_text("<p>a <unknown b='").startswith("a")


def test_quotations_in_html_are_marked() -> None:
    assert as_text("<p>Mine</p><blockquote><p>Yours</p></blockquote>") == "Mine\n\n>\n> Yours\n>"


def test_two_forms_that_differ_are_both_read() -> None:
    body = (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Harmless.\n--b\nContent-Type: text/html\n\n<p>Pay me.</p>\n--b--\n"
    )
    assert read_message((HEAD + body).encode()).text == "Harmless.\n\nPay me."


def test_two_forms_that_agree_are_read_once() -> None:
    body = (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Pay me.\n--b\nContent-Type: text/html\n\n<p>Pay <b>me</b>.</p>\n--b--\n"
    )
    assert read_message((HEAD + body).encode()).text == "Pay me."


def test_every_kind_of_recipient_counts_and_a_name_is_none() -> None:
    raw = (
        'From: x@x.com\nTo: "boss@corp.com" <eve@evil.net>\nCc: C <C@Corp.com>\n'
        "Bcc: d+tag@corp.com\nResent-To: e@corp.com\n\nHi"
    )
    found = read_message(raw.encode())
    assert found.recipients == ("eve@evil.net", "c@corp.com", "d@corp.com", "e@corp.com")
    assert found.copies == ("c@corp.com", "d@corp.com")


def test_letters_that_look_alike_stay_apart() -> None:
    assert normalised("A.Ferrer@Law.co.uk.") == "a.ferrer@law.co.uk"
    assert normalised("a.ferrer@l\u0430w.co.uk") != "a.ferrer@law.co.uk"


def test_a_character_set_that_nobody_knows_is_no_hiding_place() -> None:
    raw = HEAD + "Content-Type: text/plain; charset=martian\n\nPay me."
    assert read_message(raw.encode()).text == "Pay me."


def test_a_forwarded_message_in_an_attachment_is_kept_as_one() -> None:
    body = (
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee.\n'
        "--b\nContent-Type: message/rfc822\n\nSubject: inner\n\nsecret words\n--b--\n"
    )
    found = read_message((HEAD + body).encode())
    assert found.text == "See."
    assert "secret words" in (found.attachments[0].text or "")


@given(st.binary(max_size=400))
def test_anything_at_all_is_a_message(content: bytes) -> None:
    read_message(HEAD.encode() + content)
    read_message(content)
