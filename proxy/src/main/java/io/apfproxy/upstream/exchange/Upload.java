package io.apfproxy.upstream.exchange;

import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.NettyHttp2;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Pieces;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Passes the body of one request on, as it comes. Belongs to the event loop of the request. */
final class Upload {
  /*
   * The request arrives paused, and stays so until it has its seats and a stream; the beginning of its
   * body may have been read before. From then on the upstream's write queue alone decides when it is
   * read. A body that comes too slowly holds seats for nothing and is given up.
   *
   * A client may end its request with an empty piece of the body, with or without a declared length
   * of 0. The library hands that piece on, so an empty piece means nothing.
   *
   * An upstream that closes its connection may say that it never looked at the request. Then it is
   * sent again, body included, so the first KEPT_BYTES of a body are kept until it has answered; most
   * are shorter. One that has grown longer is not sent again. Requests that last are many, and hold no
   * seats: nothing is kept of their bodies.
   */
  private static final int KEPT_BYTES = 64 << 10;

  private final Vertx vertx;
  private final HttpServerRequest client;
  private final long length; // as declared, -1 if it was not
  private final boolean lasting;
  private final boolean expectContinue;
  private final HeldSeats seats;
  private final Runnable tooSlow;
  private final Runnable passing;
  private @Nullable BodyRate received; // there may be no body
  private @Nullable Pieces pieces;
  private @Nullable HttpClientRequest target;
  private boolean begun;
  private @Nullable Buffer kept;
  private long looks = -1;
  private boolean clientEnded;
  private boolean stopped;
  private boolean held;
  private boolean sent;
  private boolean answered;

  /**
   * @param beginning of the body that was read already; null for none
   * @param seats that it holds
   * @param tooSlow called at most once, if the client sends its body too slowly
   * @param passing called for each piece that has passed
   */
  Upload(
      Vertx vertx,
      HttpServerRequest client,
      Outgoing request,
      @Nullable BodyBeginning beginning,
      HeldSeats seats,
      Runnable tooSlow,
      Runnable passing) {
    this.vertx = vertx;
    this.client = client;
    this.length = HeaderRules.contentLength(request.survivors());
    this.lasting = request.laneKind() == LaneKind.LASTING;
    this.expectContinue = request.expectContinue();
    this.seats = seats;
    this.tooSlow = tooSlow;
    this.passing = passing;
    if (beginning != null) {
      begin(beginning);
    }
  }

  private void begin(BodyBeginning beginning) {
    Buffer bytes = beginning.bytes();
    kept = bytes;
    clientEnded = beginning.isEnded();
    received().count(bytes == null ? 0 : bytes.length());
  }

  private BodyRate received() {
    BodyRate rate = received;
    if (rate == null) {
      rate = BodyRate.ofClient(vertx);
      received = rate;
    }
    return rate;
  }

  /** Whether all that has been given away is still here, so that it can be given away again. */
  boolean repeatable() {
    return passed() <= most();
  }

  private int most() {
    return lasting ? 0 : KEPT_BYTES;
  }

  /** The upstream has looked at the request: it is never sent again. */
  void answered() {
    answered = true;
    kept = null;
  }

  /** Bytes so far of what goes upstream: none, before there was a stream for it. */
  long forwarded() {
    return begun ? passed() : 0;
  }

  /** Bytes so far. */
  long passed() {
    return received == null ? 0 : received.bytes();
  }

  /** Whether the request has been sent to its end. */
  boolean isSent() {
    return sent;
  }

  /** The stream is gone: reads no more of the body until there is another. */
  void pause() {
    target = null;
    sent = false;
    dropPieces(); // they are kept
    stopWatching();
    readNoMore();
  }

  /** Whose request has been read to its end can no more be paused. */
  private void readNoMore() {
    if (!clientEnded) {
      client.pause();
    }
  }

  /** Sends head and body; with another stream again from the start, if it is repeatable. */
  void to(HttpClientRequest stream) {
    target = stream;
    begun = true;
    Buffer again = kept;
    if (!repeatable()) {
      kept = null;
    }
    boolean http2 = client.version() == HttpVersion.HTTP_2;
    boolean chunked = !http2 && client.headers().contains("transfer-encoding");
    if (length >= 0) {
      stream.putHeader("Content-Length", Long.toString(length));
    } else if (chunked || again != null) {
      stream.setChunked(true); // though all of it is here by now
    }
    if (clientEnded && again != null) {
      sent = true;
      stream.end(again);
      passing.run();
    } else if (clientEnded || length == 0 || (length < 0 && isBodyless(http2, chunked))) {
      sent = true;
      stream.end();
      readToEnd();
    } else if (again != null) {
      stream.write(kept == null ? again : again.copy()); // more may be added to what is kept
      passing.run();
      pump(stream);
    } else {
      pump(stream);
    }
  }

  private boolean isBodyless(boolean http2, boolean chunked) {
    return http2 ? NettyHttp2.hasComeWithoutBody(client) : !chunked;
  }

  /** There is no body, which the codec enforces: only the end of the request is left to be read. */
  private void readToEnd() {
    if (!clientEnded) {
      client.handler(empty -> {});
      client.endHandler(end -> clientEnded = true);
      client.resume();
    }
  }

  private void pump(HttpClientRequest stream) {
    if (stopped || stream != target) {
      return;
    }
    if (clientEnded) {
      sent = true;
      stream.end();
      return;
    }
    client.handler(this::pass);
    client.endHandler(
        end -> {
          clientEnded = true;
          stopWatching();
          if (!stopped && stream == target) {
            if (pieces != null) {
              pieces.flush();
            }
            sent = true;
            stream.end();
          }
        });
    client.resume();
    if (stopped || clientEnded) {
      return;
    }
    if (length < 0 && client.version() == HttpVersion.HTTP_2) {
      // that there is no body is told after the head, and then the head is to end the request
      vertx.runOnContext(later -> vertx.runOnContext(last -> writeHead(stream)));
    } else {
      writeHead(stream);
    }
    if (!lasting && stream == target) { // there may be another by now
      watch(stream);
    }
  }

  private void watch(HttpClientRequest stream) {
    received()
        .watch(
            slow -> {
              if (slow && !stream.writeQueueFull()) {
                giveUp();
              }
            });
    UploadClock from = new UploadClock();
    from.begin(System.nanoTime(), passed());
    looks = vertx.setPeriodic(UploadClock.LOOK_MILLIS, tick -> look(from, stream));
  }

  private void look(UploadClock clock, HttpClientRequest stream) {
    boolean read = !held && !stream.writeQueueFull();
    if (clock.look(System.nanoTime(), passed(), seats.held(), seats.isAwaited(), read)) {
      giveUp();
    }
  }

  private void giveUp() {
    if (!stopped) {
      stop();
      tooSlow.run();
    }
  }

  private void stopWatching() {
    if (received != null) {
      received.stop();
    }
    if (looks >= 0) {
      vertx.cancelTimer(looks);
      looks = -1;
    }
  }

  private void writeHead(HttpClientRequest stream) {
    if (stopped || clientEnded || passed() > 0 || stream != target) {
      return;
    }
    stream.writeHead();
    if (expectContinue && stream == target) {
      client.response().writeContinue();
    }
  }

  private void pass(Buffer bytes) {
    if (stopped || bytes.length() == 0) {
      return;
    }
    received().count(bytes.length());
    keep(bytes);
    if (pieces == null) {
      pieces = Pieces.of(vertx.getOrCreateContext(), this::write);
    }
    pieces.add(bytes);
  }

  private void write(Buffer bytes) {
    HttpClientRequest stream = target;
    if (stopped || stream == null) {
      return;
    }
    stream.write(bytes);
    if (stream.writeQueueFull()) {
      readNoMore();
      stream.drainHandler(
          drained -> {
            if (stream == target) {
              read();
            }
          });
    }
    passing.run();
  }

  private void read() {
    HttpClientRequest to = target;
    if (to != null && !held && !stopped && !clientEnded && !to.writeQueueFull()) {
      client.resume();
    }
  }

  /** Reads no more, or goes on where the upstream takes it: a rate limit has it wait. */
  void hold(boolean is) {
    held = is;
    if (!held) {
      read();
    } else if (target != null && !stopped) {
      readNoMore();
    }
  }

  private void dropPieces() {
    if (pieces != null) {
      pieces.drop();
    }
  }

  private void keep(Buffer bytes) {
    if (answered || !repeatable()) {
      kept = null;
    } else if (kept == null) {
      kept = bytes.copy();
    } else {
      kept.appendBuffer(bytes);
    }
  }

  /** Nothing more goes upstream; what the client still sends is dropped by whoever replies. */
  void stop() {
    stopped = true;
    dropPieces();
    kept = null;
    stopWatching();
  }
}
