"""ultralytics' ByteTrack with the same arithmetic done once a track instead of once a matrix.

Its Kalman filter has a state of eight (middle, aspect, height and their speeds) and matrices of 8 × 8. Nothing in it ties the
four measures to each other: the filter is four filters of two states each, and 12 of the 64 covariances are all there ever is.
Boxes are worked out without arrays of four numbers, each of which costs more to make than to use.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from ultralytics.trackers.basetrack import TrackState
from ultralytics.trackers.byte_tracker import BYTETracker, STrack
from ultralytics.trackers.utils.kalman_filter import KalmanFilterXYAH

Floats = NDArray[np.float64]
OF_HEIGHT = np.array([1.0, 1.0, 0.0, 1.0])
"""Which of the four measures are uncertain in proportion to the box's height; its aspect is not."""
ASPECT = np.array([0.0, 0.0, 1.0, 0.0])


class FourFilters(KalmanFilterXYAH):  # type: ignore[misc]  # ultralytics has no types
    """Takes and gives what its base does, but for covariances: (3, 4), of each measure the variance, the covariance with its
    speed, and the speed's variance."""

    def initiate(self, measurement: NDArray[Any]) -> tuple[Floats, Floats]:
        mean, covariance = super().initiate(measurement)
        variances = np.diag(covariance)
        return mean, np.stack([variances[:4], np.zeros(4), variances[4:]])

    def multi_predict(self, mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
        height = mean[:, 3:4]
        place = (self._std_weight_position * height * OF_HEIGHT + 1e-2 * ASPECT) ** 2
        speed = (self._std_weight_velocity * height * OF_HEIGHT + 1e-5 * ASPECT) ** 2
        own, both, its = covariance[:, 0], covariance[:, 1], covariance[:, 2]
        mean = np.concatenate([mean[:, :4] + mean[:, 4:], mean[:, 4:]], axis=1)
        return mean, np.stack([own + 2.0 * both + its + place, both + its, its + speed], axis=1)

    def update(self, mean: Floats, covariance: Floats, measurement: NDArray[Any],
               confidence: float | None = None) -> tuple[Floats, Floats]:
        # Plain numbers: an array of four takes longer to make than four sums.
        at, (own, both, its), told = mean.tolist(), covariance.tolist(), measurement.tolist()
        noise = (self._std_weight_position * at[3]) ** 2
        for i in range(4):
            seen = own[i] + (1e-2 if i == 2 else noise)
            off, gain, pull = told[i] - at[i], own[i] / seen, both[i] / seen
            at[i] += gain * off
            at[4 + i] += pull * off
            its[i] -= pull * both[i]
            own[i] -= gain * own[i]
            both[i] -= gain * both[i]
        return np.array(at), np.array([own, both, its])


class LightTrack(STrack):  # type: ignore[misc]
    cut = False
    """Whether its last box was cut off by the image's edge."""

    def update(self, new_track: LightTrack, frame_id: int) -> None:
        super().update(new_track, frame_id)
        self._shaped(new_track)

    def re_activate(self, new_track: LightTrack, frame_id: int, new_id: bool = False) -> None:
        super().re_activate(new_track, frame_id, new_id)
        self._shaped(new_track)

    def _shaped(self, found: LightTrack) -> None:
        """The filter holds a vehicle's shape to be lasting. Of one that drives in it is not: a car cut off by the lower edge is
        twice as wide as high, and would be drawn so, larger than itself, until it has passed the line."""
        if self.cut:
            mean, covariance = self.kalman_filter.initiate(self.convert_coords(found.tlwh))
            self.mean[[2, 3, 6, 7]] = mean[[2, 3, 6, 7]]
            self.covariance[:, 2:] = covariance[:, 2:]
        self.cut = found.cut

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        if self.mean is None:
            left, top, width, height = self._tlwh.tolist()
        else:
            x, y, aspect, height = self.mean[:4].tolist()
            width = aspect * height
            left, top = x - width / 2, y - height / 2
        return left, top, left + width, top + height

    @property
    def result(self) -> list[Any]:
        return [*self.xyxy, self.track_id, self.score, self.cls, self.idx]


class LightTracker(BYTETracker):  # type: ignore[misc]
    track_class = LightTrack

    def get_kalmanfilter(self) -> FourFilters:
        return FourFilters()

    def update(self, results: Any, *args: Any, **kwargs: Any) -> list[list[Any]]:
        rows: list[list[Any]] = super().update(results, *args, **kwargs)
        # ByteTrack lists the last thousand that have ended, and asks in the next image for those of this one.
        self.removed_stracks = list(self.removed_stracks_frame)
        return rows

    def multi_predict(self, tracks: list[LightTrack]) -> None:
        if not tracks:
            return
        mean, covariance = np.array([t.mean for t in tracks]), np.array([t.covariance for t in tracks])
        # Of who is lost the height stays.
        mean[[i for i, t in enumerate(tracks) if t.state != TrackState.Tracked], 7] = 0.0
        mean, covariance = self.kalman_filter.multi_predict(mean, covariance)
        for i, track in enumerate(tracks):
            track.mean, track.covariance = mean[i], covariance[i]

    def _format_output(self) -> list[list[Any]]:
        # As numbers, not float32: that has no room for the tracks of some months.
        return [t.result for t in self.tracked_stracks if t.is_activated]
