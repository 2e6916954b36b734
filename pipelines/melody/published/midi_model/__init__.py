"""midi-model (SkyTNT): a decoder over MIDI events, and in each of them one over its tokens."""
