package io.apfproxy.admin;

import io.apfproxy.request.RefusedException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;

/** Makes pages on a worker thread, one at a time. Belongs to one event loop. */
final class PageMill {
  /*
   * A page may take long and hold much, so there is never more than one in the making. Who asks for
   * a page that somebody else waits for gets the same one: any number of scrapers cost what one
   * costs. Different pages take turns. Source: specification security.md, S81.
   */
  private static final int MOST_WAITING = 32;

  private final Vertx vertx;
  private final Map<Object, Future<AdminReply>> wanted = new HashMap<>();
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean busy;

  PageMill(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * @param what tells pages apart: equal ones are made once
   * @return fails with a {@link RefusedException} if too many different ones wait, or with whatever
   *     the page throws
   */
  Future<AdminReply> make(Object what, Callable<AdminReply> page) {
    Future<AdminReply> same = wanted.get(what);
    if (same != null) {
      return same;
    }
    if (busy && waiting.size() >= MOST_WAITING) {
      return Future.failedFuture(
          new RefusedException(
                  429, "TooManyRequests", "admin-pages", "too many pages wait to be made")
              .retryAfter(1));
    }
    Promise<AdminReply> made = Promise.promise();
    wanted.put(what, made.future());
    waiting.add(() -> begin(what, page, made));
    next();
    return made.future();
  }

  private void next() {
    Runnable first = busy ? null : waiting.poll();
    if (first != null) {
      busy = true;
      first.run();
    }
  }

  private void begin(Object what, Callable<AdminReply> page, Promise<AdminReply> made) {
    vertx
        .executeBlocking(page, false)
        .onComplete(
            done -> {
              busy = false;
              wanted.remove(what);
              made.handle(done);
              next();
            });
  }
}
