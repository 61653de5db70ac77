package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.upstream.Pulse;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A proxy that feels the pulse of an upstream behind a wire. */
final class WatchedProxy implements AutoCloseable {
  final FakeUpstream upstream;
  final TcpRelay wire;
  final Outage outage;
  final Pulse pulse;
  final TestProxy proxy;
  private final Vertx own = Vertx.vertx();
  private volatile @Nullable Pulse wanted;

  WatchedProxy(Vertx vertx, Duration hold, Consumer<HttpServerRequest> handler) {
    this(vertx, hold, System::nanoTime, handler);
  }

  /**
   * @param clock by which the upstream is found down; pulses have the real one
   */
  WatchedProxy(
      Vertx vertx, Duration hold, LongSupplier clock, Consumer<HttpServerRequest> handler) {
    upstream = FakeUpstream.http(vertx, handler, HttpVersion.HTTP_2);
    wire = new TcpRelay(upstream.port());
    outage =
        new Outage(
            hold,
            clock,
            new Outage.Listener() {
              @Override
              public void pulseWanted() {
                Pulse asked = wanted;
                if (asked != null) {
                  asked.now();
                }
              }
            });
    pulse =
        new Pulse(
            own,
            () -> TestProxy.upstreamConfig(wire.port()),
            () -> "own-token",
            outage,
            null,
            List.of());
    wanted = pulse;
    pulse.start();
    proxy = TestProxy.before(vertx, wire.port()).outage(outage).start();
  }

  long pulses() {
    long sum = 0;
    for (Pulse.Outcome outcome : Pulse.Outcome.values()) {
      sum += pulse.count(outcome);
    }
    return sum;
  }

  @Override
  public void close() {
    proxy.close();
    get(pulse.close());
    get(own.close());
    wire.close();
    upstream.close();
  }
}
