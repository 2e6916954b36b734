from training.copies import lines, share_found, word_runs

SEA = "The moon is on the silent sea, and all the boats are still tonight."


def test_a_run_of_eight_words_is_found_whatever_its_marks_and_capitals():
    written = list(word_runs("THE MOON -- is on the silent sea and all is lost"))
    assert len(written) == 4
    assert share_found(written, ["A first one.", SEA], word_runs) == 0.5


def test_a_line_of_seven_characters_is_found_whole():
    written = list(lines("千里江陵一日还，两岸猿声啼不住。\n床前明月光，"))
    assert written == [("千里江陵一日还",), ("两岸猿声啼不住",)]
    assert share_found(written, ["朝辞白帝彩云间，\n千里江陵一日还。"], lines) == 0.5
    assert share_found(written, ["又千里江陵一日还"], lines) == 0
