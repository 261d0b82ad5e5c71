"""Icons in templates."""

from partsemble.web.templatetags.icons import draw_icon


def test_an_icon_beside_words_is_passed_over_by_screen_readers() -> None:
    drawn = draw_icon("check", size="13", label="")
    assert drawn.startswith("<svg")
    assert all(each in drawn for each in ('width="13"', 'class="icon"', 'aria-hidden="true"'))
    assert "role=" not in drawn


def test_an_icon_by_itself_says_what_it_means() -> None:
    drawn = draw_icon("check", size="18", label="Done")
    assert all(each in drawn for each in ('width="18"', 'role="img"', 'aria-label="Done"'))
    assert "aria-hidden" not in drawn


def test_what_an_icon_says_can_not_break_out() -> None:
    assert 'aria-label="&lt;b&gt; &quot;' in draw_icon("check", size="18", label='<b> "')
