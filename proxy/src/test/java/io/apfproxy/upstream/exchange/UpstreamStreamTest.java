package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.upstream.wire.Member;
import io.vertx.core.http.HttpClientRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams whose resets have to wait. */
@Tag("S38")
class UpstreamStreamTest {
  private final FakeLoop loop = new FakeLoop(new Random(1));
  private final Deque<Runnable> paced = new ArrayDeque<>();
  private final AtomicInteger stopped = new AtomicInteger();
  private final Member member =
      new Fake()
          .answers(
              "reset",
              args -> {
                paced.add((Runnable) args[1]);
                return (Runnable) () -> {};
              })
          .as(Member.class);
  private final HttpClientRequest request = new FakeStream(true).request();
  private final UpstreamStream stream =
      new UpstreamStream(loop.vertx(), member, new Reporter() {}, request);

  @BeforeEach
  void begin() {
    stream.begin();
    request.writeHead();
  }

  @Test
  void areKnownToNobodyWhereTheyCouldNotBegin() {
    Throwable refused = new IllegalStateException("its connection goes away");
    UpstreamStream unbegun =
        new UpstreamStream(loop.vertx(), member, new Reporter() {}, new FakeStream(true).request());

    assertThat(unbegun.neverProcessed(refused)).isTrue();
    assertThat(stream.neverProcessed(refused)).isFalse();
  }

  @Test
  void stopAGraceAfterTheirReset() {
    stream.reset(true, stopped::incrementAndGet);
    loop.passTime();
    assertThat(stopped).as("the server works on it").hasValue(0);
    paced.remove().run();
    assertThat(stopped).hasValue(0);
    loop.passTime();
    assertThat(stopped).hasValue(1);
  }

  @Test
  void stopSoonerWhereTheServerOnlyWaitedToSend() {
    stream.reset(true, stopped::incrementAndGet);
    paced.remove().run();
    long usual = loop.lastMillis();
    UpstreamStream stalled = new UpstreamStream(loop.vertx(), member, new Reporter() {}, request);
    stalled.begin();
    stalled.hasStalled();
    stalled.reset(true, stopped::incrementAndGet);
    paced.remove().run();
    assertThat(loop.lastMillis()).isPositive().isLessThanOrEqualTo(usual / 10);
  }

  @Test
  void stopAGraceAfterNobodyWantsThemIfTheServerHasNotTheWholeRequest() {
    stream.reset(false, stopped::incrementAndGet);
    assertThat(stopped).hasValue(0);
    loop.passTime();
    assertThat(stopped).hasValue(1);
    stream.gone(false);
    assertThat(loop.isQuiet()).isTrue();
    assertThat(paced).as("the reset, still to go").hasSize(1);
    paced.remove().run();
    assertThat(loop.isQuiet()).isTrue();
  }
}
