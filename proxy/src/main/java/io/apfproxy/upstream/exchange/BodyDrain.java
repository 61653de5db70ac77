package io.apfproxy.upstream.exchange;

import io.apfproxy.request.HopByHop;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * Clears up behind a response that was complete before its request was. What the client still sends
 * is read and dropped for a moment, so that the response is not lost to a TCP reset; then it is
 * stopped.
 */
public final class BodyDrain {
  private static final long MAX_MILLIS = 1_000;
  private static final long MAX_BYTES = 256 << 10;
  private static final long NO_ERROR = 0;

  private final HttpServerRequest client;
  private final boolean close;
  private long dropped;

  private BodyDrain(HttpServerRequest client, boolean close) {
    this.client = client;
    this.close = close;
  }

  /**
   * Whether an HTTP/1.1 client wants its connection closed after the response, in whatever company
   * the word stands; the codec knows it only alone.
   */
  public static boolean closeAsked(HttpServerRequest client) {
    String options =
        client.version() == HttpVersion.HTTP_2 ? null : client.headers().get("Connection");
    return options != null && HopByHop.options(options).contains("close");
  }

  /**
   * Tells an HTTP/1 client that its connection ends with this response. One of HTTP/1.0 takes that
   * for granted, but Vert.x would promise keep-alive where it asked for it.
   */
  public static void announceClose(HttpServerRequest client) {
    HttpServerResponse response = client.response();
    if (client.version() == HttpVersion.HTTP_1_0) {
      response.headersEndHandler(last -> response.headers().remove("Connection"));
    } else {
      response.putHeader("Connection", "close");
    }
  }

  /**
   * Whether an HTTP/1 client's connection ends with this response; if it does, the client is told.
   *
   * @param endless whether it has to, as nothing else ends the body
   */
  static boolean closes(HttpServerRequest client, boolean endless) {
    boolean close = endless || closeAsked(client);
    if (close) {
      announceClose(client);
    }
    return close;
  }

  /**
   * Call once the response has been ended.
   *
   * @param close whether an HTTP/1.1 connection is to be closed when the request has been read
   */
  public static void after(Vertx vertx, HttpServerRequest client, boolean close) {
    if (client.version() == HttpVersion.HTTP_2) {
      if (!client.isEnded()) {
        client.handler(null);
        client.resume();
        if (!client.isEnded()) {
          client.response().reset(NO_ERROR);
        }
      }
    } else if (!client.isEnded()) {
      new BodyDrain(client, close).start(vertx);
    } else if (close) {
      client.connection().close();
    }
  }

  private void start(Vertx vertx) {
    long timer = vertx.setTimer(MAX_MILLIS, late -> client.connection().close());
    client.handler(
        bytes -> {
          dropped += bytes.length();
          if (dropped > MAX_BYTES) {
            client.connection().close();
          }
        });
    client.endHandler(
        end -> {
          vertx.cancelTimer(timer);
          if (close) {
            client.connection().close();
          }
        });
    client.resume();
  }
}
