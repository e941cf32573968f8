"""A page on this machine to calibrate by clicking over the image."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from detectors.errors import CameraError, DetectionError
from detectors.vision.detections import Image
from signal_drivers.errors import BadInput, MourourError
from simulation.calibration.clicks import Clicks, Mark, Tool
from simulation.calibration.draft import Draft
from simulation.calibration.save import save_site
from simulation.calibration.svg import svg
from simulation.calibration.tell import summary, warnings_of
from simulation.cli.console import say

HOST = "127.0.0.1"
TOOLS = {Tool.POINT: "Point · point de calage", Tool.LANE: "Lane · voie", Tool.EXIT: "Exit · sortie",
         Tool.LINE: "Counting line · ligne de comptage"}
HINTS = {Tool.POINT: "Click a mark on the road, then type its metres. · Cliquer un repère, puis donner ses mètres.",
         Tool.LANE: "Click both ends of the stop line, then the far corners. · Les deux bouts de la ligne d'effet, puis le fond.",
         Tool.EXIT: "Click both ends of the line it begins at, then the far corners. · Les deux bouts du début, puis le fond.",
         Tool.LINE: "Click both ends. · Cliquer les deux bouts."}


def serve(draft: Draft, image: Image, out: Path, port: int) -> None:
    """Serve the page until interrupted. Raises :class:`BadInput` where the port is taken."""
    import cv2
    from fastapi import Response
    from nicegui import app, ui
    from rich.markup import escape

    port = _free(port)
    content = cv2.imencode(".png", image)[1].tobytes()

    @app.get("/frame.png")
    def frame() -> Response:
        return Response(content, media_type="image/png")

    clicks = Clicks(draft)
    hint = f"[dim](Save writes {escape(str(out))}; Ctrl-C ends · pour finir)[/dim]"
    app.on_startup(lambda: say(f"page: http://{HOST}:{port}  {hint}"))
    with suppress(KeyboardInterrupt):  # The way to end it.
        ui.run(lambda: Page(clicks, out).build(), host=HOST, port=port, title=f"mourour calibrate {draft.base.camera}",
               reload=False, show=False, show_welcome_message=False)


def _free(port: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise BadInput(f"port {port} cannot be had: {error.strerror}", where="--port",
                           mend="--port 0 takes a free one") from None
        return int(probe.getsockname()[1])


class Page:
    """What one browser window shows. ``data-test`` attributes are for whoever drives it by machine."""

    def __init__(self, clicks: Clicks, out: Path) -> None:
        self._clicks, self._out = clicks, out
        self._offs: list[Any] = []
        self._grid = True

    def build(self) -> None:
        from nicegui import ui

        size = self._clicks.draft.base.image
        with ui.row().classes("w-full no-wrap items-start"):
            with ui.element("div").style("flex: 1 1 auto; overflow: auto; max-height: 95vh"):
                self._image = ui.interactive_image("/frame.png", on_mouse=lambda e: self._click(e.image_x, e.image_y),
                                                   events=["click"], cross="#f0e442", size=(size.width, size.height))
                self._image.props('data-test="image"').style("width: 100%")
            with ui.column().style("flex: 0 0 27rem; max-height: 95vh; overflow: auto"):
                self._side()
        self._fill_points()
        self._show()

    def _side(self) -> None:
        from nicegui import ui

        with ui.row().classes("items-center no-wrap"):
            ui.button("Save · enregistrer", on_click=self._save).props('data-test="save" color="positive"')
            ui.label(f"{self._clicks.draft.base.camera} → {self._out}").classes("text-lg")
        self._verdict = ui.column().classes("gap-1").props('data-test="verdict"')
        with ui.row().classes("items-center"):
            ui.label("Zoom")
            ui.slider(min=1, max=5, step=0.5, value=1,
                      on_change=lambda e: self._image.style(f"width: {e.value * 100:.0f}%; max-width: none")).style("width: 8rem")
            ui.checkbox("Metre grid · mètres", value=True, on_change=lambda e: self._set_grid(e.value))
        ui.radio({t.value: words for t, words in TOOLS.items()}, value=self._clicks.tool.value,
                 on_change=lambda e: self._choose(Tool(e.value))).props('data-test="tools" inline dense')
        self._hint = ui.label().classes("text-sm text-grey-8")
        with ui.row().classes("items-center"):
            self._name = ui.input("Name · nom").style("width: 9rem").props('data-test="name"')
            ui.button("Finish · terminer", on_click=self._finish).props('data-test="finish"')
            ui.button("Undo · annuler", on_click=self._undo).props('data-test="undo" flat')
        self._points = ui.column().classes("gap-0")
        self._made = ui.column().classes("gap-0")

    def _choose(self, tool: Tool) -> None:
        self._clicks.choose(tool)
        self._show()

    def _set_grid(self, grid: bool) -> None:
        self._grid = grid
        self._show()

    def _click(self, x: float, y: float) -> None:
        if self._clicks.click(x, y):
            self._fill_points()
        self._show()

    def _undo(self) -> None:
        self._clicks.undo()
        self._fill_points()
        self._show()

    def _finish(self) -> None:
        from nicegui import ui

        try:
            made = self._clicks.finish(self._name.value or "")
        except DetectionError as error:
            ui.notify(str(error), type="negative")
            return
        self._name.value = ""
        ui.notify(made)
        self._show()

    def _save(self) -> None:
        from nicegui import ui

        try:
            site, quality = self._clicks.judged()
            save_site(site, self._out, summary(quality, None), self._clicks.draft.comments)
        except (MourourError, DetectionError) as error:
            ui.notify(str(error), type="negative", multi_line=True)
            return
        ui.notify(f"saved · enregistré: {self._out}", type="positive")

    def _fill_points(self) -> None:
        """One row a point. Built anew only when there is one more or less, so that nobody loses the field being typed in."""
        from nicegui import ui

        self._points.clear()
        self._offs = []
        with self._points:
            for i, mark in enumerate(self._clicks.marks):
                with ui.row().classes("items-center no-wrap gap-2"):
                    ui.label(f"{i + 1}").style("width: 1.5rem")
                    ui.number("X m", value=mark.x_m, on_change=partial(self._typed, mark, "x_m")).style("width: 5rem").props(
                        f'data-test="x{i + 1}" dense')
                    ui.number("Y m", value=mark.y_m, on_change=partial(self._typed, mark, "y_m")).style("width: 5rem").props(
                        f'data-test="y{i + 1}" dense')
                    ui.input("name", value=mark.name, on_change=partial(self._typed, mark, "name")).style("width: 5rem").props(
                        "dense")
                    self._offs.append(ui.label().style("width: 5rem").classes("text-sm"))
                    ui.button(icon="delete", on_click=partial(self._drop, mark)).props("flat dense")

    def _typed(self, mark: Mark, key: str, event: Any) -> None:
        setattr(mark, key, (event.value or "") if key == "name" else event.value)
        self._show()

    def _drop(self, mark: Mark) -> None:
        self._clicks.marks = [m for m in self._clicks.marks if m is not mark]
        self._fill_points()
        self._show()

    def _show(self) -> None:
        """Draw and judge what there is now."""
        from nicegui import ui

        clicks = self._clicks
        self._image.content = svg(clicks.shapes(self._grid), clicks.draft.base.image.width)
        self._hint.text = HINTS[clicks.tool]
        self._made.clear()
        with self._made:
            for what in (*clicks.draft.lanes.values(), *clicks.draft.lines.values()):
                with ui.row().classes("items-center no-wrap"):
                    ui.label(getattr(what, "id", None) or f"line {getattr(what, 'name', '')}")
                    ui.button(icon="delete", on_click=partial(self._remove, what)).props("flat dense")
        self._verdict.clear()
        with self._verdict:
            self._judge()

    def _remove(self, what: Any) -> None:
        self._clicks.remove(what)
        self._show()

    def _judge(self) -> None:
        from nicegui import ui

        for off in self._offs:
            off.text = ""
        bare = sum(not mark.whole for mark in self._clicks.marks)
        if bare:
            ui.label(f"{bare} without metres, not saved yet · sans mètres").classes("text-sm text-orange-9")
        try:
            _, quality = self._clicks.judged()
        except CameraError as error:
            ui.label(str(error)).classes("text-negative")
            return
        whole = [off for off, mark in zip(self._offs, self._clicks.marks, strict=True) if mark.whole]
        for off, found in zip(whole, quality.points, strict=False):
            off.text = f"± {found.error_m:.2f} m"
        for text in summary(quality, None):
            ui.label(text).classes("text-bold")
        for lane in quality.lanes:
            ui.label(f"{lane.lane}: {lane.far_m:.0f} m, {lane.m_per_px:.2f} m/px").classes("text-sm")
        for text in (*warnings_of(quality, None), *quality.remarks):
            ui.label(text).classes("text-sm text-orange-9")
