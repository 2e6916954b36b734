"""The checker accepts poems by poets and refuses what breaks their form."""

import pytest

from pipelines.text.forms.checker import check

POEMS = {
    "wujue": "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。",  # 王之涣
    "qijue": "朝辞白帝彩云间，千里江陵一日还。\n两岸猿声啼不住，轻舟已过万重山。",  # 李白
    "wulu": (  # 王维
        "空山新雨后，天气晚来秋。\n明月松间照，清泉石上流。\n竹喧归浣女，莲动下渔舟。\n随意春芳歇，王孙自可留。"
    ),
    "qilu": (  # 杜甫
        "风急天高猿啸哀，渚清沙白鸟飞回。\n无边落木萧萧下，不尽长江滚滚来。\n"
        "万里悲秋常作客，百年多病独登台。\n艰难苦恨繁霜鬓，潦倒新停浊酒杯。"
    ),
    "rumengling": (  # 李清照
        "昨夜雨疏风骤。\n浓睡不消残酒。\n试问卷帘人，却道海棠依旧。\n知否。\n知否。\n应是绿肥红瘦。"
    ),
    "yijiangnan": "江南好，风景旧曾谙。\n日出江花红胜火，春来江水绿如蓝。\n能不忆江南。",  # 白居易
    "xijiangyue": (  # 辛弃疾
        "明月别枝惊鹊，清风半夜鸣蝉。\n稻花香里说丰年。\n听取蛙声一片。\n"
        "七八个星天外，两三点雨山前。\n旧时茅店社林边。\n路转溪桥忽见。"
    ),
    "tianjingsha": "枯藤老树昏鸦，小桥流水人家，古道西风瘦马。\n夕阳西下，断肠人在天涯。",  # 马致远
    "couplet": "Hope springs eternal in the human breast:\nMan never Is, but always To be blest.",  # Pope
    "quatrain": (  # Gray
        "The curfew tolls the knell of parting day,\nThe lowing herd wind slowly o'er the lea,\n"
        "The plowman homeward plods his weary way,\nAnd leaves the world to darkness and to me."
    ),
    "ballad": (  # Dickinson
        "Because I could not stop for Death,\nHe kindly stopped for me;\n"
        "The carriage held but just ourselves\nAnd immortality."
    ),
    "limerick": (  # Buller, 1923
        "There was a young lady named Bright\nWhose speed was far faster than light;\nShe set out one day\n"
        "In a relative way\nAnd returned on the previous night."
    ),
    "sonnet": (  # Jean Blewett, Quebec
        "Quebec, the gray old city on the hill,\nLies, with a golden glory on her head,\n"
        "Dreaming throughout this hour so fair, so still,\nOf other days and her beloved dead.\n"
        "The doves are nesting in the cannons grim,\nThe flowers bloom where once did run a tide\n"
        "Of crimson when the moon rose pale and dim\nAbove a field of battle stretching wide.\n"
        "Methinks within her wakes a mighty glow\nOf pride in ancient times, her stirring past,\n"
        "The strife, the valor of the long ago\nFeels at her heart-strings. Strong and tall, and vast\n"
        "She lies, touched with the sunset's golden grace,\nA wondrous softness on her gray old face."
    ),
}
SHAKESPEARE_18 = """Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance, or nature's changing course, untrimm'd;
But thy eternal summer shall not fade
Nor lose possession of that fair thou ow'st;
Nor shall Death brag thou wander'st in his shade,
When in eternal lines to time thou grow'st;
So long as men can breathe or eyes can see,
So long lives this, and this gives life to thee."""


@pytest.mark.parametrize("form", POEMS)
def test_a_poets_poem_is_accepted(form):
    report = check(form, POEMS[form])
    assert report.lines
    assert report.lengths
    assert report.rhymes
    assert report.metre == 1


@pytest.mark.parametrize("form", POEMS)
def test_a_missing_line_and_a_line_cut_short_are_told(form):
    lines = POEMS[form].splitlines()
    assert not check(form, "\n".join(lines[:-1])).lines
    short = lines[0].split(" ", 2)[-1] if " " in lines[0] else lines[0][1:]
    report = check(form, "\n".join([short, *lines[1:]]))
    assert report.lines
    assert not report.lengths


def test_shakespeare_keeps_the_sonnet_but_rhymes_by_the_ear_of_his_time():
    report = check("sonnet", SHAKESPEARE_18)
    assert report.lines
    assert report.lengths
    assert not report.rhymes  # temperate and date
    assert report.metre > 0.9


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("wujue", "楼", "台"),  # level too, but of another rhyme
        ("qilu", "台", "花"),
        ("yijiangnan", "蓝", "天"),
        ("xijiangyue", "一片", "一夜"),
        ("couplet", "blest", "glad"),
        ("ballad", "immortality", "the eternal night"),
        ("limerick", "night", "morn"),
        ("quatrain", "to me", "to us"),
    ],
)
def test_a_broken_rhyme_is_told(form, right, wrong):
    assert right in POEMS[form]
    assert not check(form, POEMS[form].replace(right, wrong)).rhymes


@pytest.mark.parametrize(
    ("form", "right", "wrong"),
    [
        ("wujue", "黄河入海流", "海上入黄流"),
        ("qijue", "彩云间", "彩色间"),
        ("rumengling", "浓睡不消残酒", "浓眠无消残酒"),
        ("couplet", "Hope springs eternal in", "Eternal hope is singing"),
    ],
)
def test_a_broken_metre_is_told(form, right, wrong):
    assert right in POEMS[form]
    assert check(form, POEMS[form].replace(right, wrong)).metre < 1


def test_the_same_word_is_no_rhyme_and_an_echo_must_echo():
    assert not check("couplet", "The moon is up above the silent sea\nAnd all the stars are on the silent sea.").rhymes
    assert not check("rumengling", POEMS["rumengling"].replace("知否。\n知否", "知否。\n休否")).rhymes


def test_a_villanelles_refrains_must_come_back_word_for_word():
    a = [f"The silent moon is on the {word}" for word in ("sea", "tree", "lea", "bee", "knee", "plea", "key")]
    b = [f"And all the stars are in the {word}" for word in ("night", "light", "fight", "flight", "height", "sight")]
    lines = [a[0], b[0], a[1], a[2], b[1], a[0], a[3], b[2], a[1], a[4], b[3], a[0], a[5], b[4], a[1], a[6], b[5]]
    assert check("villanelle", "\n".join([*lines, a[0], a[1]])).rhymes
    assert not check("villanelle", "\n".join([*lines, a[0], a[2]])).rhymes
