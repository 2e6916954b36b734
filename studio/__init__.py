"""The page: the only package that imports gradio."""

VERSION = "0.1.0"
