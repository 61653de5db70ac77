package io.apfproxy.admin;

import io.apfproxy.live.Feed;
import io.apfproxy.live.Topic;
import io.apfproxy.request.RefusedException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Those who watch. Belongs to one event loop, but for what is counted. */
final class EventStreams {
  /*
   * Whoever does not read misses ticks; he is told how many, and the next one he gets has everything, which is rendered for such
   * as him only: so what comes before it is missed as well. Who has not read for 15 s
   * is cut off. So a stream holds no more than what was written to it before it was full. Source: specification seeing.md V-68.
   */
  static final int MOST = 50;
  static final int LONGEST_UNREAD = 15;

  private static final long REMARK_MILLIS = 15_000;
  private static final long RIGHT_MILLIS = 60_000;

  private final Vertx vertx;
  private final AdminPages pages;
  private final AtomicLong open = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();

  EventStreams(Vertx vertx, AdminPages pages) {
    this.vertx = vertx;
    this.pages = pages;
  }

  int open() {
    return (int) open.get();
  }

  long refused() {
    return refused.get();
  }

  long missed() {
    return missed.get();
  }

  Future<AdminReply> handle(Asked asked) {
    String text = asked.parameter("topics");
    Set<Topic> topics;
    try {
      topics = Topic.list(text == null ? "" : text);
    } catch (IllegalArgumentException e) {
      return Future.succeededFuture(AdminReply.plain(400, e.getMessage() + "\n"));
    }
    if (topics.size() > Topic.MOST) {
      return Future.failedFuture(
          tooMany("admin-event-topics", "more than " + Topic.MOST + " topics"));
    }
    return Future.succeededFuture(
        AdminReply.stream((request, right) -> new Stream(request, right).open(topics)));
  }

  private static RefusedException tooMany(String rule, String message) {
    return new RefusedException(429, "TooManyRequests", rule, message).retryAfter(5);
  }

  private final class Stream {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Supplier<CompletableFuture<Void>> right;
    private Feed.Subscription subscription = () -> {};
    private long remarks;
    private long rights;
    private int unread;
    private volatile boolean behind;
    private boolean closed;

    Stream(HttpServerRequest request, Supplier<CompletableFuture<Void>> right) {
      this.request = request;
      this.response = request.response();
      this.right = right;
    }

    void open(Set<Topic> topics) throws RefusedException {
      if (response.closed()) {
        return; // nobody would tell that it ends
      }
      if (open.get() >= MOST) { // asked in the turn that counts it
        refused.incrementAndGet();
        throw tooMany("admin-event-streams", MOST + " streams are open already");
      }
      response
          .putHeader("Content-Type", "text/event-stream")
          .putHeader("Cache-Control", "no-store");
      BrowserRules.headers(request);
      if (request.method().name().equals("HEAD")) {
        response.end();
        return;
      }
      Context context = vertx.getOrCreateContext();
      open.incrementAndGet();
      response.closeHandler(gone -> close());
      response.exceptionHandler(broken -> close());
      try {
        subscription = pages.live().subscribe(topics, inTurn(context));
      } catch (IllegalStateException e) {
        close();
        response.setStatusCode(429).putHeader("Retry-After", "5").end(e.getMessage() + "\n");
        return;
      }
      response.setChunked(true);
      remarks = vertx.setPeriodic(REMARK_MILLIS, id -> remark());
      rights = vertx.setPeriodic(RIGHT_MILLIS, id -> ask(context));
    }

    private Feed.Listener inTurn(Context context) {
      return new Feed.Listener() {
        @Override
        public void told(Feed.Tick tick) {
          context.runOnContext(now -> write(tick));
        }

        @Override
        public boolean behind() {
          return behind;
        }
      };
    }

    private void write(Feed.Tick tick) {
      if (closed) {
        return;
      }
      if (response.writeQueueFull() || (behind && !tick.full())) {
        unread++;
        behind = true;
        missed.incrementAndGet();
        if (unread >= LONGEST_UNREAD) {
          Cut.off(request.connection());
        }
        return;
      }
      String data = "{" + tick.members() + (behind ? ",\"missed\":" + unread : "") + "}";
      response.write("event: " + (tick.first() ? "hello" : "tick") + "\ndata: " + data + "\n\n");
      behind = false;
      unread = 0;
    }

    private void remark() {
      if (!closed && !response.writeQueueFull()) {
        response.write(":\n\n");
      }
    }

    private void ask(Context context) {
      var unused =
          right
              .get()
              .whenComplete(
                  (yes, no) -> {
                    if (no != null) {
                      context.runOnContext(now -> Cut.off(request.connection()));
                    }
                  });
    }

    private void close() {
      if (!closed) {
        closed = true;
        subscription.close();
        vertx.cancelTimer(remarks);
        vertx.cancelTimer(rights);
        open.decrementAndGet();
      }
    }
  }
}
