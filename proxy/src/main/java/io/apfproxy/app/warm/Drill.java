package io.apfproxy.app.warm;

import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Clients of all kinds, each of which asks on and on as soon as it was answered. */
public final class Drill {
  /** How the tokens that are good begin. */
  public static final String KNOWN = "warm-up-";

  /** Of clients of which there are few: what only they need is compiled once, and cheaply. */
  private static final long RARE_MILLIS = 40;

  private final List<Caller> callers = new ArrayList<>();
  private final LongAdder answered = new LongAdder();
  private final Vertx vertx;
  private final String authority;
  private final PemKeyPair certificate;

  /**
   * @param vertx whose event loops the clients run on
   * @param authority PEM of who signed the listeners' certificate
   * @param certificate of clients that have one
   */
  public Drill(Vertx vertx, String authority, PemKeyPair certificate) {
    this.vertx = vertx;
    this.authority = authority;
    this.certificate = certificate;
  }

  /**
   * Sends clients to a listener at this port of 127.0.0.1.
   *
   * @param everyday requests at a time of what most clients are: over HTTP/2, with a token
   */
  public void begin(int port, int everyday) {
    Caller.Listener http2 = new Caller.Listener(port, authority, HttpVersion.HTTP_2);
    Caller.Listener http1 = new Caller.Listener(port, authority, HttpVersion.HTTP_1_1);
    add(new Caller(vertx, http2, null, KNOWN, 0, answered), everyday);
    add(new Caller(vertx, http2, certificate, null, RARE_MILLIS, answered), 1);
    add(new Caller(vertx, http1, null, KNOWN, RARE_MILLIS, answered), 1);
    add(new Caller(vertx, http1, certificate, null, RARE_MILLIS, answered), 1);
    add(new Caller(vertx, http1, null, null, RARE_MILLIS, answered), 1);
  }

  private void add(Caller caller, int atOnce) {
    callers.add(caller);
    caller.begin(atOnce);
  }

  /** Requests that were answered so far, in whatever way. */
  public long answered() {
    return answered.sum();
  }

  /** No more requests; those that are not answered in a moment are cut. Harmless when repeated. */
  public Future<Void> end() {
    return Future.join(callers.stream().map(Caller::end).toList()).mapEmpty();
  }
}
