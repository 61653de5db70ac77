package io.apfproxy.live;

import java.util.ArrayList;
import java.util.List;

/** Misses each tick, and so is told all there is each time. */
final class BehindListener implements Feed.Listener {
  final List<Feed.Tick> told = new ArrayList<>();

  @Override
  public void told(Feed.Tick tick) {
    told.add(tick);
  }

  @Override
  public boolean behind() {
    return true;
  }

  /** What it was told last, as a JSON object. */
  String last() {
    return "{" + told.get(told.size() - 1).members() + "}";
  }
}
