"""What class and id names say of an element: a share bar, comments, related links …, or nothing."""

from __future__ import annotations

import re
from functools import lru_cache

KINDS: tuple[tuple[str, str, str, str], ...] = (
    # kind, words in a class or id, a name that has it, a name that has it not
    ("comment", r"comments?|commentlist|pinglun|gentie|tie|disqus|replies|reply|liuyan|guestbook|comm\w*box|duoshuo|changyan|cy-\w+|respond", "post_comment", "commentary-body"),
    ("caption", r"captions?|figcaption|images?|photos?|pictures?|figure|gallery|slideshow|cutline|wp-caption\w*|pic-?(?:text|info|desc|note)|img-?(?:info|desc|text|note)|image_des\w*|photo-?(?:text|note|caption|credit)", "image-caption", "recaptioned"),
    ("subtitle", r"sub-?titles?|sub-?head(?:ing|line)?|deks?|standfirst|futi|yinti|ftitle|ftbt|fubiaoti", "article-subtitle", "substitute"),
    ("summary", r"summary|abstract|zhaiyao|daodu|digest|excerpt|post_desc|article-desc|key-?points", "post-summary", "summarised"),
    ("related", r"related?|relation|relevant|relate\w*|recomm\w*|recommend|tuijian|xiangguan|similar|more-news|readmore|morenews|also|hot|hots?news|rank\w*|paihang|phb|trending|most-?(?:read|viewed|popular)|popular|latest|guess|promo\w*|teasers?|outbrain|taboola|upnext|nextread|seealso", "RelatedNews", "hotel-report"),
    ("share", r"share(?:s|d|bar|box|tools?|btns?|buttons?|links?|this|area|wrap\w*|list|icons?|content)?|sharing|fenxiang|bshare\w*|bdshare\w*|bdsharebuttonbox|jiathis|social\w*|sns|addthis|qrcode|qr|erweima|ewm|weixin|wechat|tools?|toolbar|toolbox|print(?![_-]?(?:area|content|con|body|main|article|text|page|box|wrap))|fontsize|font-?size|setfont|zoomer|zihao", "share-tool", "sharecropper"),
    ("advert", r"ads?|adv|advert\w*|adbox|adsbygoogle|banner|sponsor\w*|guanggao|gg|dfp|adslot|subscribe\w*|subscription|newsletter|signup|sign-up|paywall|cookies?|gdpr|consent|cli|popup|modal|overlay|appdown|download-app|promotion", "ad-box", "add-on"),
    ("frame", r"footer?|foot|copyright|breadcrumbs?|crumbs?|bread|mianbao|weizhi|position|location|sidebar|side|sider|aside|rightbar|leftbar|nav|navi|navigation|navbar|menu|topbar|login|search|friendlink|friend-?links?|links?|pager|pagination|prevnext|pre-?next|page-?nav|tags?|taglist|keywords?|topics?|disclaimer|shengming|mianze|zebian|bianji|editor-?info|author-?(?:bio|box|info|card)|skip", "footer-nav", "newsletterbody"),
)  # fmt: skip
SURE_TAGS = {"footer": "frame", "aside": "related", "figcaption": "caption"}
NEVER = frozenset(["body", "html", "article", "main", "h1", "tbody"])
PATTERNS = tuple((kind, re.compile(rf"(?:^|[\s_-])(?:{words})(?=$|[\s_-]|\d)")) for kind, words, _, _ in KINDS)
ANY = re.compile(rf"(?:^|[\s_-])(?:{'|'.join(words for _, words, _, _ in KINDS)})(?=$|[\s_-]|\d)")
"""All of `PATTERNS` in one pass: most names have no word of any."""
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=16384)
def clutter_kind(tag: str, class_: str | None, id_: str | None) -> str:
    """The kind of clutter that an element's tag, class and id speak of; empty where they speak of none."""
    if tag in NEVER:
        return ""
    if tag in SURE_TAGS:
        return SURE_TAGS[tag]
    if not class_ and not id_:
        return ""
    kind = _kind(f"{class_ or ''} {id_ or ''}")
    return kind if kind in ("caption", "subtitle") or tag != "p" else ""


def _kind(name: str) -> str:
    if len(name) > 300:
        return ""
    name = CAMEL.sub("-", name).lower()
    return next((kind for kind, pattern in PATTERNS if pattern.search(name)), "") if ANY.search(name) else ""
