package io.apfproxy.upstream.exchange;

import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.Member;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A server that is reached or not, and whose streams do anything. */
final class FakeMember {
  private final Random random;
  private final Deque<Promise<HttpClientRequest>> opening = new ArrayDeque<>();
  private final List<FakeStream> streams = new ArrayList<>();
  private final Deque<Runnable> pacedResets = new ArrayDeque<>();

  FakeMember(Random random) {
    this.random = random;
  }

  Member member() {
    return new Fake()
        .returns("server", () -> URI.create("https://10.0.0.1:6443"))
        .answers(
            "open",
            args -> {
              Promise<HttpClientRequest> promise = Promise.promise();
              opening.add(promise);
              return promise.future();
            })
        .answers("reset", args -> reset((Runnable) args[1]))
        .answers("wentAwayBefore", args -> random.nextBoolean())
        .as(Member.class);
  }

  private Runnable reset(Runnable reset) {
    if (random.nextBoolean()) {
      reset.run();
      return () -> {};
    }
    pacedResets.add(reset);
    return () -> pacedResets.remove(reset);
  }

  void runPacedReset() {
    if (!pacedResets.isEmpty()) {
      pacedResets.remove().run();
    }
  }

  /** Who asked for a stream first gets one, or hears why there is none. */
  void open() {
    if (opening.isEmpty()) {
      return;
    }
    Promise<HttpClientRequest> promise = opening.remove();
    if (random.nextInt(6) == 0) {
      promise.fail(
          switch (random.nextInt(4)) {
            case 0 -> new IllegalStateException("no room for another connection");
            case 1 -> new HttpClosedException("gone just then");
            default -> new ConnectException("refused");
          });
    } else {
      FakeStream stream = new FakeStream(random.nextBoolean());
      streams.add(stream);
      promise.complete(stream.request());
    }
  }

  void somethingHappens() {
    if (streams.isEmpty()) {
      return;
    }
    FakeStream stream = streams.get(random.nextInt(streams.size()));
    switch (random.nextInt(16)) {
      case 0 -> stream.breakBy(new StreamResetException(ErrorCodes.REFUSED_STREAM));
      case 1 -> stream.breakBy(new StreamResetException(ErrorCodes.INTERNAL_ERROR));
      case 2 -> stream.breakBy(new HttpClosedException("gone"));
      case 3, 4, 5, 6 -> stream.head(random);
      case 7, 8 -> stream.end();
      case 9 -> stream.drain();
      case 10 -> stream.fill();
      default -> stream.body(piece());
    }
  }

  private Buffer piece() {
    return switch (random.nextInt(4)) {
      case 0 -> Buffer.buffer(new byte[50 << 10]);
      case 1 -> Buffer.buffer("{}\n");
      default -> Buffer.buffer("{");
    };
  }

  boolean isQuiet() {
    return pacedResets.isEmpty() && opening.isEmpty();
  }

  /** Streams that take a place on their connection. */
  List<FakeStream> openStreams() {
    return streams.stream().filter(FakeStream::isOpen).toList();
  }

  @Override
  public String toString() {
    return pacedResets.size() + " resets, " + opening.size() + " to open";
  }
}
