package io.apfproxy.upstream.members;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Those that hold seats and wait until they may be sent, in the order in which they came. Not
 * thread-safe. Source: specification limits.md L-91, L-94.
 */
final class Herd {
  /*
   * Each waits for room: so many seats may be in use by those who were let go, until they have ended.
   * One that is wider than that goes alone.
   */
  private final Set<Place> waiting = new LinkedHashSet<>();
  private long seatsOut;

  /** One of them, until it is closed. */
  static final class Place {
    private final int seats;
    private final Runnable go;
    private final Runnable inVain;
    private boolean out;

    Place(int seats, Runnable go, Runnable inVain) {
      this.seats = seats;
      this.go = go;
      this.inVain = inVain;
    }
  }

  int size() {
    return waiting.size();
  }

  void add(Place place) {
    waiting.add(place);
  }

  /** It has ended, or waits no longer. Harmless when repeated. */
  void remove(Place place) {
    waiting.remove(place);
    if (place.out) {
      place.out = false;
      seatsOut -= place.seats;
    }
  }

  /**
   * Lets the first ones go.
   *
   * @param seats that may be in use
   * @return to be run
   */
  List<Runnable> letGo(long seats) {
    List<Runnable> going = new ArrayList<>();
    Iterator<Place> next = waiting.iterator();
    while (next.hasNext()) {
      Place place = next.next();
      if (seatsOut > 0 && seatsOut + place.seats > seats) {
        break;
      }
      next.remove();
      place.out = true;
      seatsOut += place.seats;
      going.add(place.go);
    }
    return going;
  }

  /**
   * None of them waits any longer.
   *
   * @return to be run
   */
  List<Runnable> giveUp() {
    List<Runnable> left = new ArrayList<>();
    waiting.forEach(place -> left.add(place.inVain));
    waiting.clear();
    return left;
  }
}
