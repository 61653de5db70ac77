package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;
import java.util.List;

/**
 * The walk of every request of one event loop, from its head to the end of its response.
 *
 * <p>A request goes from station to station until one lets it wait; when that is over, it goes on
 * from there. It ends after the last station, where it is refused, and where it is found that its
 * client left. Whatever else is thrown ends it too: see {@link UnderWay}.
 */
final class Walk {
  private final List<Station> stations;

  Walk(List<Station> stations) {
    this.stations = List.copyOf(stations);
  }

  /** Takes a request as far as it comes for now. */
  void goOn(Call call) {
    try {
      call.stopWaiting();
      while (!call.hasEnded()) {
        if (!call.isWanted() || call.station() == stations.size()) {
          call.end();
          return;
        }
        Wait wait = stations.get(call.nextStation()).at(call);
        if (!wait.isOver()) {
          call.await(wait, () -> goOn(call));
          return;
        }
        wait.check();
      }
    } catch (RefusedException refusal) {
      call.refuse(refusal);
    }
  }
}
