"""A scene painter of our own: landscapes with one or two simple subjects, drawn by code, with captions."""
