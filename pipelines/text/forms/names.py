"""The names of the verse forms."""

FREE = "free"
ENGLISH = ("couplet", "quatrain", "ballad", "limerick", "haiku", "sonnet", "villanelle")
REGULATED = {
    "wujue": ("五言绝句", 5, 4),
    "qijue": ("七言绝句", 7, 4),
    "wulu": ("五言律诗", 5, 8),
    "qilu": ("七言律诗", 7, 8),
}
TUNES = (
    "rumengling", "yijiangnan", "huanxisha", "pusaman", "busuanzi", "qingpingyue", "xijiangyue", "zhegutian",
    "dielianhua", "yumeiren", "langtaosha", "caisangzi", "dianjiangchun", "changxiangsi", "yujiaao", "yiqine",
)  # fmt: skip
ARIAS = ("tianjingsha",)
VERSE_FORMS = (FREE, *ENGLISH, *REGULATED, *TUNES, *ARIAS)
