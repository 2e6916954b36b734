"""The painter's words, English and Chinese: captions, vocabulary, model card and word list all come from here."""

from typing import TypedDict


class Words(TypedDict):
    """How one thing may be called."""

    en: tuple[str, ...]
    zh: tuple[str, ...]


PLACES: dict[str, Words] = {
    "sea": {"en": ("the sea", "the ocean", "a calm sea", "the blue sea"), "zh": ("大海", "海", "海洋", "海面")},
    "mountains": {
        "en": ("the mountains", "mountains", "snowy peaks", "the hills"),
        "zh": ("山", "群山", "高山", "雪山"),
    },
    "meadow": {
        "en": ("a field", "a meadow", "the fields", "the grass", "green fields"),
        "zh": ("田野", "草地", "原野", "草原"),
    },
    "forest": {"en": ("the forest", "a forest", "the woods", "a wood"), "zh": ("森林", "树林", "林")},
    "desert": {"en": ("the desert", "a desert", "the dunes", "sand dunes"), "zh": ("沙漠", "沙丘", "大漠")},
    "lake": {"en": ("a lake", "the lake", "a quiet lake", "still water"), "zh": ("湖", "湖水", "湖泊")},
    "city": {
        "en": ("the city", "a city", "a city street", "the town", "skyscrapers"),
        "zh": ("城市", "都市", "街道", "高楼", "城里的街道"),
    },
    "village": {
        "en": ("a village", "the village", "a small village", "a farm"),
        "zh": ("村庄", "小村", "山村", "农庄"),
    },
    "terraces": {
        "en": ("rice terraces", "terraced fields", "the terraces", "rice fields"),
        "zh": ("梯田", "稻田", "水稻梯田"),
    },
    "canyon": {"en": ("a canyon", "the canyon", "red rocks", "a gorge"), "zh": ("峡谷", "红色峡谷", "山谷", "岩谷")},
    "seabed": {
        "en": ("under the sea", "under water", "the sea floor", "a coral reef", "deep in the sea"),
        "zh": ("海底", "水下", "珊瑚礁", "深海"),
    },
    "space": {
        "en": ("outer space", "space", "the universe", "another planet"),
        "zh": ("太空", "宇宙", "外星球", "星际"),
    },
}
# How a subject stands at a place: what floats is on the water, what stands is beside it; the sky is above.
EN_AT = {
    "sea": ("by", "beside", "near"),
    "lake": ("by", "beside", "near"),
    "desert": ("in",),
    "meadow": ("in",),
    "forest": ("in",),
    "mountains": ("in", "among"),
    "city": ("in",),
    "village": ("in", "near"),
    "terraces": ("in", "among"),
    "canyon": ("in",),
    "seabed": ("",),
    "space": ("in",),
}
ZH_AT = {
    "sea": ("海边", "大海边", "海岸上", "海上", "海边"),
    "mountains": ("山里", "山间", "山中", "山上", "群山中", "雪山下"),
    "meadow": ("田野里", "田野上", "草地上", "原野上", "草原上", "田野中"),
    "forest": ("森林里", "森林中", "树林里", "林中", "林间"),
    "desert": ("沙漠里", "沙漠中", "沙漠上", "大漠中"),
    "lake": ("湖边", "湖畔", "湖岸上"),
    "city": ("城市里", "城里", "街道上", "都市中", "街上"),
    "village": ("村庄里", "村里", "村边", "小村里"),
    "terraces": ("梯田里", "梯田上", "稻田里", "稻田边"),
    "canyon": ("峡谷里", "峡谷中", "山谷里"),
    "seabed": ("海底", "水下", "深海里", "珊瑚礁旁"),
    "space": ("太空中", "太空里", "宇宙中", "外星球上"),
}
TIMES: dict[str, Words] = {
    "day": {
        "en": (
            "on a sunny day",
            "by day",
            "in daylight",
            "at noon",
            "in the daytime",
            "under a blue sky",
            "on a clear day",
        ),
        "zh": ("白天", "阳光下", "晴天", "中午", "蓝天下", "晴空下", "白日"),
    },
    "sunset": {
        "en": ("at sunset", "at dusk", "in the evening", "at sundown", "in the sunset", "under a red sky"),
        "zh": ("夕阳下", "日落时", "黄昏", "傍晚", "日落", "晚霞中", "夕阳"),
    },
    "night": {
        "en": (
            "at night",
            "by night",
            "under the stars",
            "on a starry night",
            "at midnight",
            "in the moonlight",
            "in the dark",
        ),
        "zh": ("夜晚", "夜里", "星空下", "深夜", "夜色中", "月光下", "夜"),
    },
    "dawn": {
        "en": (
            "at dawn",
            "in the morning mist",
            "in the early morning",
            "at daybreak",
            "in the mist",
            "on a misty morning",
            "in pale light",
        ),
        "zh": ("清晨", "黎明", "晨雾中", "早晨", "薄雾中", "拂晓", "晨光中"),
    },
}
SEASONS: dict[str, Words] = {
    "winter": {
        "en": ("in winter", "in the snow", "under snow", "while it snows"),
        "zh": ("冬天", "雪中", "雪天", "雪地里", "冬日"),
    },
    "autumn": {"en": ("in autumn", "in the fall", "in autumn colours"), "zh": ("秋天", "秋日", "深秋")},
}
WEATHERS: dict[str, Words] = {
    "rain": {
        "en": ("in the rain", "in rain", "on a rainy day", "while it rains", "rainy"),
        "zh": ("雨中", "雨天", "下雨", "雨里", "细雨中"),
    },
}
STYLES: dict[str, Words] = {
    "flat": {"en": ("flat", "flat illustration", "poster", "flat colours"), "zh": ("平涂", "插画", "海报", "平面插画")},
    "watercolour": {"en": ("watercolour", "watercolor", "watercolour painting"), "zh": ("水彩", "水彩画")},
    "ink": {"en": ("ink wash", "ink painting", "chinese ink", "ink"), "zh": ("水墨", "水墨画", "国画")},
    "oil": {"en": ("oil painting", "oil", "oil on canvas"), "zh": ("油画", "油彩")},
}
COLOURS: dict[str, Words] = {
    "red": {"en": ("red",), "zh": ("红色的", "红")},
    "orange": {"en": ("orange",), "zh": ("橙色的", "橘色的")},
    "yellow": {"en": ("yellow",), "zh": ("黄色的", "黄")},
    "green": {"en": ("green",), "zh": ("绿色的", "绿")},
    "blue": {"en": ("blue",), "zh": ("蓝色的", "蓝")},
    "purple": {"en": ("purple", "violet"), "zh": ("紫色的", "紫")},
    "pink": {"en": ("pink",), "zh": ("粉色的", "粉红的")},
    "white": {"en": ("white",), "zh": ("白色的", "白")},
    "brown": {"en": ("brown",), "zh": ("棕色的", "褐色的")},
}
SIZES: dict[str, Words] = {
    "small": {"en": ("small", "little"), "zh": ("小", "小小的")},
    "large": {"en": ("big", "large", "great"), "zh": ("大", "巨大的")},
}
SIDES: dict[str, Words] = {
    "left": {"en": ("on the left",), "zh": ("左边",)},
    "right": {"en": ("on the right",), "zh": ("右边",)},
}
COUNTS: dict[int, Words] = {
    2: {"en": ("two", "a pair of"), "zh": ("两",)},
    3: {"en": ("three",), "zh": ("三",)},
}
PLURALS = {
    "man": "men",
    "woman": "women",
    "blossoms": "blossoms",
    "person": "people",
    "fish": "fish",
    "sheep": "sheep",
    "deer": "deer",
}
# Chinese names come after a measure word: "一座" + "房子".
SUBJECTS: dict[str, Words] = {
    "house": {
        "en": ("a house", "a cottage", "a hut", "a cabin", "a home"),
        "zh": ("一座房子", "一间小屋", "一座小屋", "一间屋子", "小屋"),
    },
    "tree": {"en": ("a tree", "an oak tree", "an old tree"), "zh": ("一棵树", "一棵大树", "大树")},
    "pine": {"en": ("a pine tree", "a pine", "a fir tree"), "zh": ("一棵松树", "松树", "一棵青松")},
    "palm": {"en": ("a palm tree", "a palm", "a coconut palm"), "zh": ("一棵棕榈树", "椰子树", "一棵椰树")},
    "blossom": {
        "en": ("a cherry tree", "cherry blossoms", "a blossoming tree", "a peach tree"),
        "zh": ("一棵樱花树", "樱花", "桃花", "一树桃花"),
    },
    "lighthouse": {"en": ("a lighthouse", "a beacon"), "zh": ("一座灯塔", "灯塔")},
    "tower": {"en": ("a pagoda", "a tower", "a temple"), "zh": ("一座塔", "宝塔", "一座古塔", "塔")},
    "castle": {"en": ("a castle", "a palace"), "zh": ("一座城堡", "城堡")},
    "windmill": {"en": ("a windmill", "a mill"), "zh": ("一座风车", "风车")},
    "church": {"en": ("a church", "a chapel"), "zh": ("一座教堂", "教堂")},
    "tent": {"en": ("a tent",), "zh": ("一顶帐篷", "帐篷")},
    "flower": {"en": ("a flower", "a blossom", "a bloom"), "zh": ("一朵花", "花", "一朵花儿")},
    "sunflower": {"en": ("a sunflower", "sunflower"), "zh": ("一朵向日葵", "向日葵")},
    "mushroom": {"en": ("a mushroom", "a toadstool"), "zh": ("一个蘑菇", "蘑菇", "一朵蘑菇")},
    "cactus": {"en": ("a cactus",), "zh": ("一棵仙人掌", "仙人掌")},
    "snowman": {"en": ("a snowman",), "zh": ("一个雪人", "雪人")},
    "person": {
        "en": ("a person", "a traveller", "a man", "a walker", "a woman"),
        "zh": ("一个人", "一位旅人", "行人", "旅人"),
    },
    "bridge": {"en": ("a bridge", "a stone bridge"), "zh": ("一座桥", "石桥", "一座石桥", "小桥")},
    "boat": {
        "en": ("a boat", "a sailing boat", "a sailboat", "a sail"),
        "zh": ("一只小船", "帆船", "一艘帆船", "一条船", "小船"),
    },
    "ship": {"en": ("a ship", "a steamship", "a steamer"), "zh": ("一艘轮船", "轮船", "一艘大船")},
    "moon": {"en": ("the moon", "a moon", "a full moon"), "zh": ("月亮", "明月", "一轮明月")},
    "sun": {"en": ("the sun", "a sun"), "zh": ("太阳", "一轮红日", "红日")},
    "cloud": {"en": ("a cloud", "a big cloud", "a white cloud"), "zh": ("一朵云", "白云", "一朵白云", "云")},
    "rainbow": {"en": ("a rainbow",), "zh": ("彩虹", "一道彩虹")},
    "birds": {
        "en": ("birds", "a flock of birds", "flying birds", "wild geese"),
        "zh": ("一群鸟", "飞鸟", "鸟", "一群大雁"),
    },
    "balloon": {"en": ("a hot air balloon", "a balloon"), "zh": ("一个热气球", "热气球")},
    "volcano": {"en": ("a volcano",), "zh": ("一座火山", "火山")},
    "waterfall": {"en": ("a waterfall", "falling water"), "zh": ("一道瀑布", "瀑布")},
    "river": {"en": ("a river", "a stream", "a winding river"), "zh": ("一条河", "小河", "一条小河", "河流")},
    "path": {"en": ("a path", "a road", "a winding road"), "zh": ("一条路", "小路", "一条小路")},
}
EN_FRAME = ("", "", "", "", "", "a picture of ", "a painting of ", "a view of ", "a beautiful ", "please paint ")
ZH_FRAME = ("", "", "", "", "", "一幅画，", "美丽的", "画一幅", "画")
EN_GLUE = (
    "and",
    "with",
    "of",
    "over",
    "above",
    "on",
    "in",
    "under",
    "the",
    "a",
    "an",
    "at",
    "by",
    "near",
    "beside",
    "landscape",
    "scene",
    "painting",
    "picture",
    "style",
    "sky",
    "to",
    "front",
    "behind",
    "it",
)
ZH_GLUE = (
    "的",
    "和",
    "与",
    "，",
    "上",
    "有",
    "前面",
    "后面是",
    "旁边",
    "左边是",
    "右边",
    "上方",
    "风景",
    "天空",
    "上空",
    "一",
    "里",
    "中",
    "下",
    "画",
    "风格",
)
TABLES: dict[str, dict[str, Words]] = {
    "place": PLACES,
    "time": TIMES,
    "season": SEASONS,
    "weather": WEATHERS,
    "style": STYLES,
    "subject": SUBJECTS,
    "colour": COLOURS,
    "size": SIZES,
    "side": SIDES,
    "count": {str(count): words for count, words in COUNTS.items()},
}
