package io.apfproxy.flowcontrol;

import io.apfproxy.queueset.RequestRow;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.request.RequestDigest;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * A request that waits for seats or executes at this moment. One that was served and whose seats
 * linger is none.
 *
 * @param digest what is asked, and by whom
 * @param seats that it holds if it executes, else that it waits for
 */
public record PresentRequest(
    RequestDigest digest, Classification place, int seats, boolean executing) {
  private static final int MOST = 250_000;

  /** Those of all levels; each level is read by and by. For worker threads. */
  static List<PresentRequest> of(List<LevelEntry> levels) {
    List<PresentRequest> present = new ArrayList<>();
    for (LevelEntry level : levels) {
      // one that begins to execute while the level is read may be met twice
      IdentityHashMap<SeatRequest, RequestRow> once = new IdentityHashMap<>();
      level.level().requests(MOST - present.size()).forEach(row -> once.put(row.request(), row));
      once.values().forEach(row -> present.add(of(row)));
    }
    return present;
  }

  private static PresentRequest of(RequestRow row) {
    FlowRequest request = (FlowRequest) row.request();
    return new PresentRequest(
        request.digest(), request.classification(), request.seats(), row.executing());
  }
}
