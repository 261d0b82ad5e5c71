"""Icons, drawn once."""

from functools import lru_cache

from django import template
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=512)
def draw_icon(name: str, *, size: str, label: str) -> str:
    """This will draw an icon of Lucide's as SVG.

    A page has some thirty icons, a few of them over and over, and drawing all of them anew would
    take a quarter of the time of a small page.

    Arguments:
        name: Lucide's.
        size: width and height, CSS pixels.
        label: what a screen reader says; empty for an icon beside words, which it passes over.
    """
    spoken = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return lucide(name, size=int(size), **{"class": "icon"}, **spoken)
