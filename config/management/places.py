from pathlib import Path


def nearest(place: Path) -> Path:
    """`place`, or the nearest directory above it if it does not exist yet. With engines named by URLs it may not."""
    return next(each for each in (place, *place.parents) if each.exists())
