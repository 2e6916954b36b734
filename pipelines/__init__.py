"""The models: text, image and melody pipelines, usable from a notebook; nothing here knows about the page."""
