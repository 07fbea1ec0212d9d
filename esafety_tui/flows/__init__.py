"""The questions: procedures and profiles as data, and the pure engine that walks them."""
