package io.apfproxy.server.walk;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Ends the watches of one event loop when the proxy stops: each at a place where its client can go
 * on elsewhere, one after the other so that they do not all come to the next proxy at once.
 */
final class LastWatches {
  /** One is ended so often, or more if there would be no time for all. */
  private static final long PAUSE_MILLIS = 10;

  /** So many take a few milliseconds of the event loop. */
  private static final int MOST_AT_A_TIME = 100;

  /** For those that have not ended within the grace, as there are too many. */
  private static final long OVERTIME_MILLIS = 3_000;

  private final Vertx vertx;
  private final Set<Call> watches = new HashSet<>();
  private final Promise<Void> none = Promise.promise();
  private boolean graceOver;

  LastWatches(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A station. */
  Wait remember(Call call) {
    if (call.info().isWatch()) {
      watches.add(call);
      call.hold(() -> watches.remove(call));
    }
    return Wait.NONE;
  }

  void endWithin(long millis) {
    long each = watches.size() * PAUSE_MILLIS / (millis / 4 * 3 + 1) + 1;
    endAll((int) Math.min(each, MOST_AT_A_TIME));
  }

  /** Slice by slice, each with a pause after it, however late the one before was. */
  private void endAll(int each) {
    boolean more = end(each) == each;
    if (!graceOver || more) {
      vertx.setTimer(PAUSE_MILLIS, paused -> endAll(each));
    } else {
      none.complete();
    }
  }

  private int end(int most) {
    int ended = 0;
    for (Iterator<Call> left = List.copyOf(watches).iterator(); left.hasNext() && ended < most; ) {
      Call watch = left.next();
      if (watch.finishWatch()) {
        watches.remove(watch);
        ended++;
      }
    }
    return ended;
  }

  /** Completes when none is left, or after some more time: the grace is over. */
  Future<Void> none() {
    graceOver = true;
    return none.future().timeout(OVERTIME_MILLIS, TimeUnit.MILLISECONDS).otherwiseEmpty();
  }
}
