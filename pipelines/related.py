"""The lines by which related lists, share bars and advertisements for apps are known: data, with examples.

A pattern is tried on a whole line. Every rule carries a line that it takes and one, close to it, that it leaves.
"""

from __future__ import annotations

import re

from pipelines.promotion import promotion_of, serves
from storage.simplify import simplify

OPEN = r"^[\s【\[（(■◆●▲►>*·•※☆★|｜/—-]*"
SHUT = r"\s*[】\])）>»]*\s*[:：]?\s*(?:更多|MORE|more)?\s*[>»]*$"
THING = r"(?:新闻|阅读|报道|报导|链接|连结|连接|文章|推荐|稿件|专题|资讯|内容|主题|话题|视频|影片|信息|日志|帖子|搜索|评论|图片|博文|标签|附件|产品)"

HEADINGS: tuple[tuple[str, str, str, str], ...] = (
    # rule, pattern of a heading, an example, a line that stays
    ("related", rf"{OPEN}(?:(?:相关|关联|延伸|推荐|热门|热点|最新|精彩|更多|近期|往期|同类|本类|本站|本网|编辑|频道|今日|本周|一周|24小时|48小时|7天|新闻|站内|猜您喜欢的?)[的]?{THING})(?:排行榜?|推荐)?{SHUT}", "相关阅读", "相关阅读材料由县图书馆提供，市民可以免费借阅。"),
    ("read_on", rf"{OPEN}(?:阅读推荐|阅读下一篇|下一篇阅读|阅读延伸|继续阅读|延伸阅读|推荐阅读|更多阅读|看更多|看了又看|更多相关(?:新闻|信息)?|更多精彩(?:内容|图片|新闻)?|您可能(?:还|也|会|还会)?(?:感兴趣|喜欢|想看).{{0,6}}|你可能(?:还|也|会|还会)?(?:感兴趣|喜欢|想看).{{0,6}}|也许您会感兴趣|猜你喜欢|猜您喜欢|猜你感兴趣|为您推荐|为你推荐|大家都在看|大家都在搜|人气推荐|热文推荐|小编推荐|编辑推荐|主编推荐|网友推荐|栏目推荐|图文推荐|推荐图文|推荐图片|推荐视频|本文相关.{{0,6}}|更多关于.{{2,30}}的(?:新闻|信息|内容|报道|文章|资讯)|作者最新文章|看看(?:其他)?网友怎么说|该作者(?:的)?(?:其他)?文章|作者其他文章){SHUT}", "猜你喜欢", "猜你喜欢的那家面馆还在老地方。"),
    ("ranking", rf"{OPEN}(?:(?:点击|新闻|阅读|热点|图片|一周|今日|本周|本月|本站|视频|评论|人气|热门|热评|24小时|频道|文章|博客)?(?:排行榜?|排行|热榜|TOP\s*\d*)|热点(?:新闻|推荐|聚焦|关注|专题)?|热图推荐|热图|热帖|热词|热搜榜?|头条新闻|要闻|要闻推荐|图片精选|图片新闻|图片推荐|精彩图片|精彩图集|高清图集|精彩推荐|精彩专题|精彩视频|视频推荐|专题推荐|专题报道|新闻推荐|今日推荐|今日焦点|今日热点|重点推荐|热门推荐|最新推荐|最热新闻|最新消息|滚动新闻|新闻爆料|(?:24小时|48小时|今日|本周|一周|本月)(?:热文|热榜|热点|热闻|要闻|排行)|最新(?:发布|资讯|更新|动态)|企业推荐|特别推荐|品牌推荐|网友热评|网易荐新闻){SHUT}", "点击排行", "点击排行第一的是一段秧歌视频。"),
    ("comments", rf"{OPEN}(?:网友(?:评论|跟帖|留言)|用户评论|最新评论|热门评论|全部评论|精彩评论|评论列表|我要评论|发表评论|发表我的评论|我来说两句|我要说两句|读者评论|网友热议|跟贴|评论\s*[（(]?\d*[)）]?|网友点评|留言板|读者留言|新闻评论|文明上网[^。]{{0,20}}|请各位遵纪守法.{{0,20}}){SHUT}", "网友评论", "网友评论说，这条路早就该修了。"),
    ("friends", rf"{OPEN}(?:友情链接|合作媒体|合作伙伴|网站导航|快速导航|联系我们|关于我们|官方微信|官方微博|微信公众号|手机(?:版|客户端)|客户端下载|版面导航|往期(?:回顾|精选|热文|精彩(?:回顾)?|推荐|推送|好文)|责任链接|(?:—|-|\s)*(?:END|end|The End|完)(?:—|-|\s)*|更多精彩内容?|新闻线索){SHUT}", "友情链接", "友情链接起两座城，今年是第二十年。"),
    ("english", r"^\W{0,3}(?:Related(?: (?:stories|articles|content|topics|posts|coverage|news|links|reading|items))?|Read (?:more|next|also)|More (?:on|from|in|stories|news|like|reading|coverage)\b[^.!?]{0,50}|You (?:may|might) (?:also|like)[^.]{0,30}|Recommended(?: (?:for you|stories|reading|articles))?|Most (?:read|popular|viewed|shared)|Trending(?: now| stories)?|Latest (?:news|stories|posts)|Popular (?:now|stories|posts)|Editor'?s'? picks?|Don'?t miss|Up next|Next up|Also (?:on|in|read)\b[^.]{0,40}|See also|Further reading|What to read next|Share this(?: \w+){0,2}|Comments?(?: \(\d+\))?|Leave a (?:comment|reply)|Join the (?:conversation|discussion)|Tell us what you think\W*|Around the web|From our partners|Sponsored(?: content| stories)?|Tags|Topics|Filed under|About the author|Advertisement|Subscribe|Sign up|Newsletter|Follow us(?: on .{1,30})?)\s*:?\W{0,3}$", "Related stories", "Related industries lost four hundred jobs."),
)  # fmt: skip
SMALL: tuple[tuple[str, str, str, str], ...] = (
    # rule, pattern of a line that goes by itself
    ("neighbour", rf"{OPEN}(?:上一?[篇条则页]|下一?[篇条则页]|前一篇|后一篇|上篇文章|下篇文章|上篇|下篇|阅读下一篇)(?:文章|新闻|新聞)?\s*[】\]]?(?:\s*[:：>»].{{0,120}}|\s*$|\s.{{2,80}}$)", "上一篇：县里修了一条新路", "上一篇小说写了三年才写完。"),
    ("scan", r"^[\s【\[（(▲↑↓]*(?:微信|手机|打开微信|使用微信|用微信)?[^。，]{0,6}(?:扫一扫|扫描|扫码|掃描|长按|識別|识别)[^。]{0,12}(?:二维码|下方|上方|关注|分享|手机|继续阅读|阅读|打开|下载)(?!就)[^。]{0,40}[。！!]?[】\])）]?$|^[\s【\[（(]*(?:微信)?(?:扫一扫|扫码)(?:$|[】\])）]|[,，\s]*(?:即?可|立即|马上|免费)?(?:关注|下载|分享|阅读|看|听|观看|收看|收听|进入|进群|加入|在?手机|用手机|微信|了解|查看|打开|获取|领取|参与|添加|订阅))[^。，的]{0,16}[】\])）]?$", "扫一扫在手机打开当前页", "扫一扫贴在门口的码就能看到这棵树的来历。"),
    ("follow", r"^[^。]{0,60}(?:扫描|长按|识别)[^。]{0,6}二维码[^。]{0,8}(?:关注|加入|下载|订阅)[^。]{0,30}[。！!）)]*$|^[^。]{0,20}(?:(?<![重热焦难特])点(?:个|击)?[【\[“]?(?:在看|关注)[】\]”]?|点(?:个赞|[【\[“]赞[】\]”]))(?!的)[^。]{0,16}$|^[^。]{0,40}(?:关注|订阅|添加)[^。]{0,16}(?:微信|公众号|微博|抖音|粉丝|官方|客户端|视频号)(?![^。]{0,3}的)[^。]{0,60}[。！!]?$|^[\s（(]*(?:(?:长按|点击|扫码|欢迎|敬请|快来)[^。，]{0,8})?关注我们[。！!~～]*$", "欢迎关注本报官方微信公众号", "他在微博上晒出了新房的照片。"),
    ("app", r"^[\s▶>（(]*(?:请|欢迎|点击|扫码|立即|马上|赶快|快来|更多[^。]{0,20})?(?:下载|安装|打开)[^。，的]{0,24}(?:客户端|APP|App|app)(?![^。]{0,40}的)[^。]{0,50}[。！!：:]?$|^[\s]*(?:iOS|IOS|Android|安卓|苹果)(?:版)?\s*(?:载点|下载|客户端).{0,60}$|^更多[^。]{0,30}(?:请|敬请)[^。]{0,10}(?:下载|关注|登录|点击|浏览)[^。]{0,40}[。！!]?$", "下载本报新闻客户端，第一时间看新闻", "下载反诈客户端的市民排起了长队。"),
    ("read_below", r"^[\s（(【★☆※]*请?(?:继续)?往下(?:继续)?(?:阅读|看)[.。…]*[）)】]?$|^[\s（(]*(?:正文已结束|文章结束|全文结束|未完待续)[^。]{0,30}$|^[\s（(【\[]*(?:点击|点此|戳|点)(?:进入|查看|下载|阅读|看|这里|此处|图片|可|以上|放大)[^。]{0,40}[】\])）]?$|^(?:您|你)所(?:浏览|查看|访问)的[^。]{0,20}(?:时效|会员|权限|付费)[^。]*。?(?:建议您[^。]*。?)?$|^(?:共找到|共有)\s*[\d,，]+\s*(?:个|条|篇)?(?:相关|结果|记录|评论|留言|跟[贴帖]|网页|新闻)[^。，]{0,8}[.。]?$", "請繼續往下閱讀", "点击量最高的是一段秧歌视频。"),
    ("teaser", r"^.{4,100}[\[【(（〔]\s*(?:全文|详细|详情|更多|查看全文|阅读全文|点击进入)\s*[>＞»]*\s*[\]】)）〕]$", "县里修了一条新路，沿线三个村的村民……[全文]", "报告[全文]收在县档案馆，市民可以查阅。"),
    ("inline", r"^(?:相关|更多|推荐|延伸|热点|精彩|往期)(?:专题|链接|新闻|报道|阅读|文章|视频|图集|图片|资讯|稿件)\s*[:：]\s*[^。，]{2,60}$", "相关专题：东沟村修路", "相关链接：县里从2019年起修村道，三年修了四十二公里。"),
    ("reaction", r"^[\s]*(?:\+\d+|\d+\s*(?:人)?(?:点赞|赞|阅读|评论|次播放|条评论|跟贴)|您(?:的)?看完(?:本文|此文|这篇).{0,20}|您认为这篇文章.{0,40}|看完这篇(?:文章|新闻).{0,30}(?:心情|感受|觉得).{0,10}|(?:已有|共有)?\s*\d+\s*(?:人|位).{0,8}(?:参与|推荐|评论|点赞|喜欢).{0,10}|转播到腾讯微博|分享让更多人看到|已推荐\s*\d*)$", "已有12人参与", "已有十二户人家参与，都说来年还种。"),
    ("appeal", r"^[^。]{0,20}(?:还想看更多新闻|想看更多新闻|点我(?:订阅|下载|追踪|加入)|加入[^。]{0,8}(?:LINE|好友|粉丝团)|按赞[^。]{0,10}(?:粉丝|专页)|订阅[^。]{0,12}频道|粉丝(?:团|专页)[^。]{0,8}按个?\W?赞|不用抽[^。]{0,6}不用抢|天天中奖)[^。]{0,60}.{0,80}$", "點我訂閱頻道，不錯過每一則新聞", "還想看更多書的孩子，留在了圖書館裏。"),
    ("english_small", r"^\W{0,3}(?:Read more|READ MORE|Read also|READ ALSO|Read next|READ NEXT|SEE ALSO|See also|Also read|ALSO READ|RELATED|Related|MORE|Watch|WATCH|Listen)\s*[:|>–—-]\s*.{3,160}$|^(?:This slideshow requires JavaScript\.?|Advertisement|ADVERTISEMENT|Advert|Story continues(?: below)?(?: advertisement)?\.?|Article continues (?:below|after)[^.]{0,30}|Continue reading.{0,60}|Scroll down for .{0,40}|Notice: The content above .{0,260}|Read Later|Filed [Uu]nder.{0,120}|Posted in.{0,100}|Tags?:.{0,200}|Photo(?:s|graph)? (?:by|credit|courtesy).{0,80}|Image (?:credit|source|caption)s?.{0,120}|Share this .{0,60}|Share on (?:Facebook|Twitter|WhatsApp).{0,30}|Follow (?:us|me|her|him|them|\w+ \w+) on (?:Twitter|Facebook|Instagram).{0,120}|Like us on Facebook.{0,80}|Have a (?:tip|story|question)\?.{0,200}|(?:Sign up|Subscribe)(?: (?:to|for|here|now|today)).{0,160}|(?:Click|Tap) here (?:to|for) .{0,120}|Get (?:the|our) .{3,60} (?:newsletter|delivered).{0,120}|Download (?:the|our) .{0,60}app.{0,80}|All rights reserved.{0,60}|(?:Copyright|©) .{0,120}|Print this article|Share your thoughts with friends\.?|\d+ (?:Comments?|Shares?)|Want (?:more|to).{0,80}\? (?:Sign up|Subscribe|Follow|Join|Click).{0,160})$", "READ MORE: The bridge that took nine years", "Read more slowly, the teacher told them."),
)  # fmt: skip
LAST: tuple[tuple[str, str, str, str], ...] = (
    # rule, pattern of a line that goes where no prose follows
    ("account", r"^[\s（(【▲↑]*(?:[\u4e00-\u9fff]{2,12}\s*[·|丨\s])?(?:官方)?(?:微信公众号|公众号|微信号|微信ID|微信|微博|视频号|抖音号|快手号|头条号|今日头条)\s*[:：|丨]\s*[^。，]{2,40}$|^(?![^\n]*(?:[可的了在]|通过|登录|关注|搜索|开通|推出))[\u4e00-\u9fff·]{2,12}(?:公众号|官方微信|官方微博|客户端|视频号)$", "微信公众号：qsfb2014", "微信公众号上的留言有三百多条。"),
    ("closing", r"^[\s—\-~～]*(?:(?:以上)?(?:就是)?今天的(?:全部)?内容(?:就到这里|到此结束|了)?|(?:我们|咱们)?(?:下期|明天|下周)(?:同一时间)?(?:再见|再会|不见不散)|(?:更多|后续)?精彩[，,]?敬请期待|敬请(?:关注|期待|留意)|未完待续|(?:感谢|谢谢)(?:您的|大家的?|各位的?)?(?:阅读|观看|收看|收听|关注|支持))[\s—\-~～。！!…]*$|^以上就是[^。]{0,14}(?:全部)?内容[。！!，,]?[^。]{0,24}$", "我们下期再见！", "下期工程明年三月开工。"),
    ("owner", r"^(?:技术支持|版权所有|网站标识码|网站地图|Copyright)(?:单位)?\s*[:：].{2,80}$|^(?:主办|主管|承办)(?:单位)?\s*[:：][^。；，]{0,16}(?:人民政府|办公室|宣传部|融媒体中心|报社|日报社|网信办|新闻中心|电视台|广播电视台|传媒集团|报业集团)[^。；，]{0,20}$", "主办单位：青石县人民政府办公室", "主办单位：青石县文化馆"),
    ("buttons", r"^[\s【\[（(]*(?:(?:点击|查看|阅读|更多|分享|收藏|打印|返回|关闭|下载|加载|展开|收起|复制)\s*(?:加载)?(?:查看)?(?:更多)?(?:全文|全部|原文|原图|大图|高清图|图片|详情|详细|内容|新闻|资讯|首页|顶部|列表|上一?页|栏目|频道|评论|本页|本文|此页|此文|该页|文章|文稿|窗口|页面|地址|链接|网址|客户端|APP|App|[到至](?:微信|微博|朋友圈|QQ\S{0,2}|手机|好友)?|给好友|附件|二维码|[\u4e00-\u9fff]{2,3}(?:首页|频道))?[\s】\])）【\[（(|丨:：>»]*)++$|^[\s【\[（(]*(?:查看)?(?:原图|大图|(?:余下|剩余)(?:全文|内容)|全文)[】\])）]?$|^[\s↓↑▼▲]+$", "返回首页", "分享会上，老人讲了一个小时。"),
)  # fmt: skip
LAST_RULES = tuple((name, re.compile(pattern)) for name, pattern, _, _ in LAST)
HEADING_RULES = tuple((name, re.compile(pattern, re.I)) for name, pattern, _, _ in HEADINGS)
SMALL_RULES = tuple((name, re.compile(pattern)) for name, pattern, _, _ in SMALL)
LONG_RULES = tuple((name, pattern) for name, pattern in SMALL_RULES if name in ("neighbour", "read_below", "teaser", "appeal"))
"""Those that go over more than one sentence."""
APPEALS = frozenset(["follow", "scan", "app"])
LONGEST = 220
LONGEST_HAN = 110
LATIN = re.compile(r"\W*[A-Za-z]")
LONGEST_HEADING = 60


def heading_of(line: str) -> str | None:
    """The rule that takes the line for the heading of a list that is no text; None for text.

    >>> heading_of("【相关新闻】"), heading_of("相关新闻发布会昨天下午举行。")
    ('related', None)
    """
    if len(line) > LONGEST_HEADING:
        return None
    line = simplify(line)
    return next((name for name, pattern in HEADING_RULES if pattern.match(line)), None)


def small_of(line: str) -> str | None:
    """The rule that takes the line for a link, a button or an appeal to readers; None for text."""
    if not line or len(line) > (LONGEST if line.isascii() or LATIN.match(line) else LONGEST_HAN):
        return None
    line = simplify(line)
    found = next((name for name, pattern in (SMALL_RULES if "。" not in line[:-1] else LONG_RULES) if pattern.match(line) and not (name in APPEALS and serves(line))), None)
    return found or promotion_of(line)


def last_of(line: str) -> str | None:
    """The rule that takes a line at the very end for an address or a button; None for text."""
    if len(line) > LONGEST_HEADING:
        return None
    line = simplify(line)
    return next((name for name, pattern in LAST_RULES if pattern.match(line)), None)
