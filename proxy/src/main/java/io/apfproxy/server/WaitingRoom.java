package io.apfproxy.server;

import io.apfproxy.nullness.Nullable;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bounds the bytes that requests hold while they wait for seats; their number is flow control's to
 * bound. Thread-safe. Source: specification security.md 12, S51.
 */
final class WaitingRoom {
  /*
   * Heads are kept as objects, which take more than their text: each field counts some bytes more,
   * each request some for all that is made of it. Bodies are not read before a request has its seats,
   * but what came right behind the head is there already: over HTTP/1.1 at most one read of the
   * socket, over HTTP/2 at most what the client may send before it is allowed more. A body counts as
   * that, or as its length if it is shorter. Over HTTP/2 a GET without a length is taken to have no
   * body; one that has holds a stream's window uncounted, within the window of its connection.
   */
  private static final int REQUEST_BYTES = 4 << 10;
  private static final int FIELD_BYTES = 96;
  private static final int BODY_BYTES = 64 << 10;

  /** Lengths of so many digits are read; longer ones are longer than what counts. */
  private static final int SHORT_DIGITS = 9;

  private static final List<HttpMethod> BODYLESS = List.of(HttpMethod.GET, HttpMethod.HEAD);

  private final Bytes heads;
  private final Bytes bodies;

  WaitingRoom(RequestLimits limits) {
    this.heads = new Bytes("waiting-head-bytes", limits.waitingHeadBytes());
    this.bodies = new Bytes("waiting-body-bytes", limits.waitingBodyBytes());
  }

  /**
   * Lets a request wait.
   *
   * @return to be run once when it waits no longer; null if there is no room
   */
  @Nullable
  Runnable enter(HttpServerRequest client) {
    long head = headBytes(client);
    long body = bodyBytes(client);
    if (!heads.take(head)) {
      return null;
    }
    if (!bodies.take(body)) {
      heads.giveBack(head);
      return null;
    }
    return () -> {
      heads.giveBack(head);
      bodies.giveBack(body);
    };
  }

  private static long headBytes(HttpServerRequest client) {
    long bytes = (long) REQUEST_BYTES + client.uri().length();
    for (Map.Entry<String, String> field : client.headers()) {
      bytes += FIELD_BYTES + field.getKey().length() + field.getValue().length();
    }
    return bytes;
  }

  private static long bodyBytes(HttpServerRequest client) {
    String length = client.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      return length.length() > SHORT_DIGITS
          ? BODY_BYTES
          : Math.min(BODY_BYTES, Integer.parseInt(length));
    }
    boolean hasBody =
        client.version() == HttpVersion.HTTP_2
            ? !BODYLESS.contains(client.method())
            : client.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    return hasBody ? BODY_BYTES : 0;
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return List.of(heads.bound(), bodies.bound());
  }

  private static final class Bytes {
    private final String rule;
    private final long most;
    private final AtomicLong taken = new AtomicLong();
    private final LongAdder overflows = new LongAdder();

    Bytes(String rule, long most) {
      this.rule = rule;
      this.most = most;
    }

    boolean take(long number) {
      if (taken.addAndGet(number) <= most || most == 0 || number == 0) {
        return true;
      }
      taken.addAndGet(-number);
      overflows.increment();
      return false;
    }

    void giveBack(long number) {
      taken.addAndGet(-number);
    }

    Bound bound() {
      return new Bound(rule, taken::get, most, overflows::sum);
    }
  }
}
