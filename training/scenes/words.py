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
    "pastel": {
        "en": ("pastel", "soft pastel", "pastel drawing", "soft pastel drawing on toned paper"),
        "zh": ("粉彩", "粉彩画", "色粉画", "粉彩画，柔和的色粉笔触"),
    },
    "pencil": {
        "en": ("pencil sketch", "pencil drawing", "pencil", "pencil sketch, graphite shading"),
        "zh": ("铅笔画", "素描", "铅笔素描", "铅笔素描，石墨明暗"),
    },
    "line": {
        "en": ("line drawing", "line art", "line drawing, clean black contours on white"),
        "zh": ("线描", "线条画", "白描", "线描，白底黑色线条"),
    },
    "woodcut": {
        "en": ("woodcut", "woodcut print", "a woodcut", "woodcut print, carved lines, bold black and white"),
        "zh": ("木刻", "版画", "木刻版画", "木刻版画，刀痕线条，黑白分明"),
    },
    "papercut": {
        "en": ("paper cut", "papercut", "chinese paper cut", "red paper cut", "red paper cut on cream"),
        "zh": ("剪纸", "窗花", "红色剪纸", "红纸剪纸"),
    },
    "porcelain": {
        "en": ("porcelain", "blue and white porcelain", "blue and white porcelain painting", "porcelain painting"),
        "zh": ("青花", "青花瓷", "青花瓷画", "青花瓷画，蓝白两色"),
    },
    "ukiyoe": {
        "en": ("ukiyo-e", "japanese print", "japanese woodblock print", "ukiyo-e woodblock print, flat colours"),
        "zh": ("浮世绘", "日本版画", "浮世绘，平面色块"),
    },
    "impressionist": {
        "en": ("impressionist", "impressionism", "impressionist painting", "impressionist painting, loose brushwork"),
        "zh": ("印象派", "印象派绘画", "印象主义", "印象派绘画，松动的笔触"),
    },
    "pointillist": {
        "en": ("pointillist", "pointillism", "pointillist painting", "pointillist painting, small dots of pure colour"),
        "zh": ("点彩", "点彩画", "点彩派", "点彩画，纯色小点"),
    },
    "pixel": {
        "en": ("pixel art", "pixels", "pixel picture", "pixel art, limited palette"),
        "zh": ("像素", "像素画", "像素风", "像素画，有限的颜色"),
    },
    "stained_glass": {
        "en": ("stained glass", "stained glass window", "stained glass window, dark lead lines, glowing colours"),
        "zh": ("彩色玻璃", "彩绘玻璃", "彩色玻璃窗", "彩色玻璃窗，深色铅线，透亮的色彩"),
    },
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
    "black": {"en": ("black",), "zh": ("黑色的", "黑")},
    "grey": {"en": ("grey", "gray"), "zh": ("灰色的", "灰")},
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
    "goldfish": "goldfish",
    "bamboo": "bamboo",
    "sheep": "sheep",
    "deer": "deer",
}
# Chinese names come after a measure word: "一座" + "房子".
MEASURES = (
    "一座",
    "一间",
    "一棵",
    "一朵",
    "一顶",
    "一个",
    "一只",
    "一艘",
    "一条",
    "一位",
    "一树",
    "一群",
    "一轮",
    "一道",
    "一匹",
    "一头",
    "一辆",
    "一列",
    "一把",
    "一盏",
    "一枚",
    "一丛",
)
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
    "cat": {"en": ("a cat", "a kitten", "a sitting cat"), "zh": ("一只猫", "猫", "小猫", "一只猫咪")},
    "dog": {"en": ("a dog", "a puppy"), "zh": ("一只狗", "小狗", "一条狗", "狗")},
    "horse": {"en": ("a horse", "a pony", "a wild horse"), "zh": ("一匹马", "马", "骏马")},
    "deer": {"en": ("a deer", "a stag", "a reindeer"), "zh": ("一头鹿", "一只鹿", "鹿", "梅花鹿")},
    "cow": {"en": ("a cow", "a dairy cow"), "zh": ("一头奶牛", "奶牛", "一头牛", "牛")},
    "sheep": {"en": ("a sheep", "a lamb"), "zh": ("一只羊", "绵羊", "一只绵羊", "羊")},
    "rabbit": {"en": ("a rabbit", "a bunny", "a hare"), "zh": ("一只兔子", "兔子", "小兔")},
    "panda": {"en": ("a panda", "a giant panda"), "zh": ("一只熊猫", "熊猫", "大熊猫")},
    "elephant": {"en": ("an elephant",), "zh": ("一头大象", "大象", "一头象")},
    "camel": {"en": ("a camel",), "zh": ("一头骆驼", "骆驼", "一只骆驼")},
    "giraffe": {"en": ("a giraffe",), "zh": ("一只长颈鹿", "长颈鹿", "一头长颈鹿")},
    "penguin": {"en": ("a penguin",), "zh": ("一只企鹅", "企鹅")},
    "swan": {"en": ("a swan", "a white swan"), "zh": ("一只天鹅", "天鹅", "白天鹅")},
    "fish": {"en": ("a fish", "a goldfish", "a tropical fish"), "zh": ("一条鱼", "鱼", "金鱼", "一条金鱼")},
    "whale": {"en": ("a whale", "a blue whale"), "zh": ("一头鲸鱼", "鲸鱼", "鲸", "蓝鲸")},
    "butterfly": {"en": ("a butterfly",), "zh": ("一只蝴蝶", "蝴蝶")},
    "car": {"en": ("a car", "an automobile", "an old car"), "zh": ("一辆汽车", "汽车", "一辆车", "轿车")},
    "train": {"en": ("a train", "a steam train", "a locomotive"), "zh": ("一列火车", "火车", "一辆火车", "蒸汽火车")},
    "umbrella": {"en": ("an umbrella", "a parasol", "an open umbrella"), "zh": ("一把伞", "伞", "一把雨伞", "阳伞")},
    "pavilion": {"en": ("a pavilion", "a chinese pavilion"), "zh": ("一座亭子", "亭子", "一座凉亭", "凉亭")},
    "lantern": {
        "en": ("a lantern", "a paper lantern", "a chinese lantern"),
        "zh": ("一盏灯笼", "灯笼", "红灯笼", "一盏红灯笼"),
    },
    "rocket": {"en": ("a rocket", "a spaceship", "a space rocket"), "zh": ("一枚火箭", "火箭", "飞船", "一艘飞船")},
    "bamboo": {"en": ("bamboo", "bamboo stalks", "a bamboo grove"), "zh": ("竹子", "一丛竹子", "翠竹", "竹")},
    "lotus": {"en": ("a lotus", "a lotus flower", "a water lily"), "zh": ("一朵荷花", "荷花", "莲花", "一朵莲花")},
    "apple_tree": {"en": ("an apple tree", "a fruit tree"), "zh": ("一棵苹果树", "苹果树", "一棵果树")},
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
