package io.apfproxy.upstream.tunnel;

import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.exchange.HeaderRules;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** An answer to a request to upgrade that is a response like others. */
final class DeclinedAnswer {
  private final HttpServerResponse response;
  private final boolean endless;
  private final boolean json;
  private boolean betweenLines;
  private long passed;

  /**
   * Makes the head of the response.
   *
   * @throws RefusedException 502 if it is unfit to be passed on
   */
  DeclinedAnswer(HttpServerResponse response, int code, MultiMap headers) throws RefusedException {
    boolean bodyless = code == 204 || code == 304;
    this.response = response;
    this.endless = HeaderRules.copyResponse(headers, response.headers(), bodyless) < 0;
    @Nullable String type = headers.get("content-type");
    this.json = type != null && type.startsWith("application/json");
    response.setStatusCode(code);
    response.putHeader("Connection", "close");
  }

  /** The head is as it will be sent. */
  void begin() {
    if (endless) {
      response.setChunked(true);
    }
  }

  /** Passes a piece of the body on, and lets the upstream pause while the client does not read. */
  void pass(Buffer bytes, NetSocket from) {
    passed += bytes.length();
    response.write(bytes);
    betweenLines = json && bytes.length() > 0 && bytes.getByte(bytes.length() - 1) == '\n';
    if (response.writeQueueFull()) {
      from.pause();
      response.drainHandler(drained -> from.resume());
    }
  }

  /** Bytes of its body so far. */
  long passed() {
    return passed;
  }

  /** Whether it may be ended here, between two JSON lines. */
  boolean mayEnd() {
    return betweenLines && response.isChunked();
  }
}
