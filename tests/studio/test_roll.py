import json

from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from studio.roll import frame_score


def test_the_roll_gets_every_note_and_the_sound_when_there_is_one(tmp_path):
    params = MelodyParams(bars=4, style="lead", key="G", tempo=120)
    *_, last = MelodyPipeline.tiny().generate(lambda: params, 2)
    shown = json.loads(frame_score(last.score)["score"])
    assert (shown["bars"], shown["bar"], shown["beat"], shown["tonic"], shown["seconds"]) == (4, 96, 24, 7, 8.0)
    notes = [tuple(map(int, note.split(","))) for note in shown["notes"].split(";")]
    assert notes == [(n.start_ticks, n.length_ticks, n.pitch, n.voice, n.velocity) for n in last.score.notes]
    assert frame_score(last.score)["sound"] is None
    assert frame_score(last.score, str(tmp_path / "a.wav"))["sound"]["path"].endswith("a.wav")
