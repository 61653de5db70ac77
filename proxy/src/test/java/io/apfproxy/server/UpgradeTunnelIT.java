package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.RateLimit;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.limit.LimitReading;
import io.apfproxy.limit.Limiting;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades that become a tunnel: what goes through, and that nothing outlives it. */
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
class UpgradeTunnelIT extends UpgradeFixture {
  @Tag("S45")
  @ParameterizedTest
  @CsvSource({"GET,websocket", "GET,SPDY/3.1", "POST,SPDY/3.1", "POST,websocket"})
  void tunnelsEightMebibytesBothWays(String method, String protocol) throws InterruptedException {
    byte[] bytes = new byte[8 << 20];
    new Random(2).nextBytes(bytes);
    String reply = protocol.equals("websocket") ? WEBSOCKET_101 : SPDY_101;
    try (FakeUpstream upstream = upstream(reply, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request(method, protocol));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101").contains("Upgrade: " + protocol);
        assertThat(proxy.events.held(Held.TUNNEL)).isEqualTo(1);
        Thread writer = new Thread(() -> client.send(bytes));
        writer.start();
        byte[] echoed = client.read(bytes.length);
        writer.join();
        assertThat(Arrays.equals(echoed, bytes)).isTrue();
      }
      assertThat(heads.element())
          .startsWith(method + " " + EXEC + " HTTP/1.1\r\nHost: 127.0.0.1:")
          .contains("Connection: Upgrade\r\nUpgrade: " + protocol)
          .contains("X-Stream-Protocol-Version: v4.channel.k8s.io");
      proxy.expectRest();
    }
  }

  /**
   * L-21: what was read has passed, so it may be beyond by what is read at a time on each side.
   *
   * <p>{@code -Dapf.tunnel.mebibytes=32} sends so much, both ways together in 8 s; {@code
   * -Dapf.tunnel.burst=65536} with a smaller burst, which costs the rate on a busy machine.
   */
  @Test
  void letsBytesThroughAsFastAsTheirLimitAllows() throws InterruptedException {
    int mebibytes = Integer.getInteger("apf.tunnel.mebibytes", 1);
    byte[] bytes = new byte[mebibytes << 20];
    new Random(3).nextBytes(bytes);
    long rate = mebibytes == 1 ? 2 << 20 : mebibytes << 18;
    long burst = Long.getLong("apf.tunnel.burst", mebibytes == 1 ? 64 << 10 : 1 << 20);
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp").by("User").unit(RateLimit.BYTES).tokens(rate, "1s", burst, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        long begun = System.nanoTime();
        Thread writer = new Thread(() -> client.send(bytes));
        writer.start();
        byte[] echoed = client.read(bytes.length);
        double seconds = (System.nanoTime() - begun) / 1e9;
        writer.join();
        assertThat(Arrays.equals(echoed, bytes)).isTrue();
        assertThat(seconds).isGreaterThan((2.0 * bytes.length - burst - (256 << 10)) / rate);
        System.out.printf(
            "%d MiB there and back at %.0f MiB/s, %d KiB at once: %.3f s, by the law %.3f%n",
            mebibytes, rate / 1048576.0, burst >> 10, seconds, (2.0 * bytes.length - burst) / rate);
      }
      proxy.expectRest();
      LimitReading reading = proxy.rateLimits.read().get(0);
      assertThat(reading.bytesIn()).isEqualTo(bytes.length);
      assertThat(reading.bytesOut()).isEqualTo(bytes.length);
    }
  }

  /** L-21: what lies in the buffers of a socket when it is closed is no way past the limit. */
  @Test
  void letsTheLastBytesOfAnUpstreamThatHasClosedThroughNoFaster() {
    byte[] bytes = new byte[2 << 20];
    new Random(5).nextBytes(bytes);
    long rate = 1 << 20;
    long burst = 64 << 10;
    AtomicBoolean closed = new AtomicBoolean();
    try (FakeUpstream upstream =
            upstream(
                SPDY_101,
                (socket, asked) ->
                    socket
                        .write(Buffer.buffer(bytes))
                        .onSuccess(
                            sent -> {
                              closed.set(true);
                              socket.close();
                            }));
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp").by("User").unit(RateLimit.BYTES).tokens(rate, "1s", burst, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        long begun = System.nanoTime();
        client.send("go");
        byte[] all = client.read(bytes.length + 1);
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(Arrays.equals(all, bytes)).isTrue();
        assertThat(closed).isTrue();
        assertThat(seconds).isGreaterThan((bytes.length - burst - (256 << 10)) / (double) rate);
      }
      proxy.expectRest();
    }
  }

  /** L-21: what each sent first has passed, and those who sent it wait for all of it. */
  @Test
  void letsTwoHundredOfOneUserWaitTogetherAndForgetsNone() {
    int number = 200;
    byte[] bytes = new byte[8 << 10];
    new Random(4).nextBytes(bytes);
    long rate = 4 << 20;
    List<RawClient> clients = new ArrayList<>();
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("exec")
                  .by("User")
                  .unit(RateLimit.BYTES)
                  .tokens(rate, "1s", 65_536, "60s")));
      try {
        for (int i = 0; i < number; i++) {
          RawClient client = new RawClient(proxy.port());
          clients.add(client);
          client.send(request("POST", "SPDY/3.1"));
          assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        }
        assertThat(proxy.events.held(Held.TUNNEL)).isEqualTo(number);
        long begun = System.nanoTime();
        clients.forEach(client -> client.send(bytes));
        for (RawClient client : clients) {
          assertThat(client.read(bytes.length)).isEqualTo(bytes);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(seconds)
            .isGreaterThan((number * bytes.length - 65_536 - bytes.length) / (double) rate);
      } finally {
        clients.forEach(RawClient::close);
      }
      await().atMost(Duration.ofSeconds(40)).until(() -> proxy.events.held(Held.TUNNEL) == 0);
      proxy.expectRest();
      LimitReading reading = proxy.rateLimits.read().get(0);
      assertThat(reading.bytesIn()).isEqualTo((long) number * bytes.length);
      assertThat(reading.bytesOut()).isEqualTo((long) number * bytes.length);
      assertThat(reading.refused()).isZero();
    }
  }

  /** L-21: it waits for hours, and still an end is an end. */
  @Test
  void noticesAtOnceThatTheClientLeftWhileALimitHasItWait() {
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp").by("User").unit(RateLimit.BYTES).tokens(10, "1s", 65_536, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send(new byte[40_000]);
        client.read(20_000);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> {
                  LimitReading reading = proxy.rateLimits.read().get(0);
                  return reading.bytesIn() + reading.bytesOut() > 65_536;
                });
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> proxy.events.held(Held.TUNNEL) == 0);
      proxy.expectRest();
    }
  }

  /** What it sent before is not all read meanwhile, and the end comes behind it. */
  @Test
  void endsATunnelWhoseClientLeftWhileALimitHadItWait() {
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp")
                  .by("User")
                  .unit(RateLimit.BYTES)
                  .tokens(50_000, "1s", 65_536, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send(new byte[80_000]);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> proxy.rateLimits.read().get(0).bytesIn() > 65_536);
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> proxy.events.held(Held.TUNNEL) == 0);
      proxy.expectRest();
    }
  }

  @Tag("S45")
  @Test
  void passesWhatTheUpstreamSaidLastBeforeItClosed() {
    byte[] last = new byte[1 << 20];
    Arrays.fill(last, (byte) 'x');
    try (FakeUpstream upstream =
            upstream(SPDY_101, (socket, bytes) -> socket.end(Buffer.buffer(last)));
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(request("POST", "SPDY/3.1"));
      client.readHead();
      client.send("go");
      assertThat(client.readToEnd()).hasSize(last.length);
      proxy.expectRest();
    }
  }

  @Test
  void passesBytesThatCameTogetherWithTheSwitch() {
    try (FakeUpstream upstream = upstream(SPDY_101 + "early", (socket, bytes) -> {});
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        client.readHead();
        assertThat(client.read(5)).asString().isEqualTo("early");
      }
      proxy.expectRest();
    }
  }

  /** A back end decides what it speaks; it may choose among several. */
  @ParameterizedTest
  @Tag("B7")
  @ValueSource(strings = {"foo", "bar, foo", "Foo/1, FOO"})
  void tunnelsAnyProtocolBehindTheSubresourceProxy(String asked) {
    String reply =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n";
    try (FakeUpstream upstream = upstream(reply, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(
            request("GET", asked).replace(EXEC, "/api/v1/namespaces/a/services/s:80/proxy/x"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101").contains("Upgrade: foo\r\n");
        client.send("hello");
        assertThat(client.read(5)).asString().isEqualTo("hello");
      }
      assertThat(heads.element()).contains("Upgrade: " + asked + "\r\n");
      proxy.expectRest();
    }
  }

  @Test
  @Tag("B7")
  void tunnelsWhoseRequestHasAnEmptyBodyInChunks() {
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(
            request("POST", "SPDY/3.1")
                .replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assertThat(heads).isEmpty();
        client.send("0\r\n\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send("hello");
        assertThat(client.read(5)).asString().isEqualTo("hello");
      }
      assertThat(heads.element())
          .contains("Content-Length: 0\r\n")
          .doesNotContainIgnoringCase("transfer-encoding");
      proxy.expectRest();
    }
  }

  @Test
  void endsTheUpstreamSideWhenTheClientLeavesBeforeTheAnswer() {
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    try (FakeUpstream upstream =
            FakeUpstream.raw(
                vertx,
                socket -> {
                  opened.incrementAndGet();
                  socket.closeHandler(gone -> closed.incrementAndGet());
                });
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        await().until(() -> proxy.events.held(Held.UPSTREAM_STREAM) == 1);
      }
      await().until(() -> closed.get() == 1);
      assertThat(opened.get()).isEqualTo(1);
      proxy.expectRest();
    }
  }
}
