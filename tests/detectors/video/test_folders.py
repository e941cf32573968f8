"""Folders of images: in the order of their numbers, whatever lies among them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detectors.errors import SourceError
from detectors.video.source import Source
from tests.detectors.video.films import number_in, picture


def put(folder: Path, name: str, number: int, size: tuple[int, int] = (320, 240)) -> None:
    assert cv2.imwrite(str(folder / name), picture(number, size))


def test_in_the_order_of_their_numbers_with_rubbish_among_them(tmp_path: Path) -> None:
    for name, number in (("img10.jpg", 4), ("img9.jpg", 3), ("img2.JPG", 1), ("img1.png", 0), ("img007.jpg", 2)):
        put(tmp_path, name, number)
    (tmp_path / "img3.jpg").write_bytes(b"no image")
    (tmp_path / "img4.png").write_bytes((tmp_path / "img1.png").read_bytes()[:40])
    (tmp_path / "img5.jpg").mkdir()
    (tmp_path / ".img0.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("dull weather")
    with Source(str(tmp_path), fps=2.0) as source:
        assert not source.facts.live and source.facts.fps == 2.0
        seen = [(frame.number, frame.time_s, number_in(frame.image)) for frame in source]
    assert [n for _, _, n in seen] == list(range(5))
    # Of those that cannot be decoded the moments stay empty.
    assert [t for _, t, _ in seen] == [i / 2.0 for i, _, _ in seen] and [i for i, _, _ in seen] == [0, 1, 4, 5, 6]
    assert [(note.what, note.text) for note in source.notes] == [("spoilt", "2 images before this cannot be decoded")]


def test_another_size_is_said_once_and_goes_on(tmp_path: Path) -> None:
    for i in range(12):
        put(tmp_path, f"{i}.png", i, (320, 240) if i < 4 else (400, 300) if i < 8 else (200, 120))
    with Source(str(tmp_path)) as source:
        kept = []
        for frame in source:
            assert number_in(frame.image) == frame.number
            kept.append(frame.image)
        assert [image.shape[:2] for image in kept] == [(240, 320)] * 4 + [(300, 400)] * 4 + [(120, 200)] * 4
    assert [(note.what, note.frame) for note in source.notes] == [("resized", 4), ("resized", 8)]
    assert source.notes[0].text == "the image is 400 × 300 from here on, was 320 × 240"
    assert all(image.mean() > 0 for image in kept), "images of a size that is over may still be held"


def test_grey_and_sixteen_bits(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "1.png"), picture(1)[:, :, 0])
    cv2.imwrite(str(tmp_path / "2.tif"), picture(2).astype(np.uint16) * 256)
    with Source(str(tmp_path)) as source:
        assert [(frame.image.shape, number_in(frame.image)) for frame in source] == [((240, 320, 3), 1), ((240, 320, 3), 2)]


def test_no_images(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"the folder holds no images .*\.jpg"):
        Source(str(tmp_path))
    for i in range(3):
        (tmp_path / f"{i}.jpg").write_bytes(b"no image")
    with pytest.raises(SourceError, match="none of its 3 images can be decoded"):
        Source(str(tmp_path))
