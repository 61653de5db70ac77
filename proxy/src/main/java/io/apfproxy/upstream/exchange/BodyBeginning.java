package io.apfproxy.upstream.exchange;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a request's body before it asks for seats: all of a short one, a window of a
 * longer one. So seats are not held by a body that does not begin, and a short one that is broken
 * off never reaches the upstream. Belongs to the event loop of the request. Source: specification
 * security.md S51.
 */
public final class BodyBeginning {
  /** What a stream may send before it is allowed more. */
  private static final int WINDOW = 64 << 10;

  private final HttpServerRequest client;
  private final BodyRate received;
  private @Nullable Buffer bytes;
  private boolean ended;
  private boolean stopped;

  /**
   * @param client paused, and so it is when this is over
   */
  public BodyBeginning(Vertx vertx, HttpServerRequest client) {
    this.client = client;
    this.received = BodyRate.ofClient(vertx);
  }

  /**
   * Reads it; once.
   *
   * @param come run when it is there, perhaps at once
   * @param tooSlow run if it comes too slowly; at most one of the two is run
   */
  public void read(Runnable come, Runnable tooSlow) {
    client.handler(piece -> add(piece, come));
    client.endHandler(
        end -> {
          ended = true;
          finish(come);
        });
    client.resume();
    if (!stopped) {
      received.watch(
          slow -> {
            if (slow) {
              stop();
              tooSlow.run();
            }
          });
    }
  }

  private void add(Buffer piece, Runnable come) {
    received.count(piece.length());
    Buffer before = bytes;
    if (before == null) {
      bytes = piece.copy();
    } else {
      before.appendBuffer(piece);
    }
    if (received.bytes() >= WINDOW) {
      finish(come);
    }
  }

  private void finish(Runnable come) {
    if (!stopped) {
      stop();
      come.run();
    }
  }

  /** Reads no more. Harmless when repeated. */
  public void stop() {
    stopped = true;
    received.stop();
    if (!ended) {
      client.pause();
    }
  }

  /** What has come; null if nothing. */
  @Nullable Buffer bytes() {
    return bytes;
  }

  /** Whether that is all. */
  boolean isEnded() {
    return ended;
  }
}
