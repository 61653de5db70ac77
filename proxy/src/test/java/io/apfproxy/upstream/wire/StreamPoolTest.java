package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.net.SocketAddress;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamPoolTest {
  private static final SocketAddress HERE = SocketAddress.inetSocketAddress(6443, "10.0.0.1");
  private static final SocketAddress THERE = SocketAddress.inetSocketAddress(6443, "10.0.0.2");

  private final ManualTime time = new ManualTime();
  private final AtomicInteger roomed = new AtomicInteger();
  private final StreamPool pool = new StreamPool(time, time, 60, roomed::incrementAndGet);

  /** What a pool asks of a connection, and tells it. */
  private static final class Fake {
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().firstContext();
    private final HttpVersion version;
    private final long bears;
    private boolean valid = true;
    private boolean closed;
    private Handler<Object> gone = none -> {};
    private Handler<Object> bearing = none -> {};

    Fake(HttpVersion version, long bears) {
      this.version = version;
      this.bears = bears;
    }

    @SuppressWarnings("unchecked")
    HttpClientConnection connection() {
      return (HttpClientConnection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {HttpClientConnection.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "protocolVersion" -> version;
                    case "concurrency" -> bears;
                    case "isValid" -> valid;
                    case "channelHandlerContext" -> context;
                    case "evictionHandler" -> {
                      gone = (Handler<Object>) arguments[0];
                      yield proxy;
                    }
                    case "concurrencyChangeHandler" -> {
                      bearing = (Handler<Object>) arguments[0];
                      yield proxy;
                    }
                    case "close" -> {
                      closed = true;
                      yield Future.succeededFuture();
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }
  }

  private static Fake http2(long bears) {
    return new Fake(HttpVersion.HTTP_2, bears);
  }

  private static Fake http1() {
    return new Fake(HttpVersion.HTTP_1_1, 1);
  }

  private PooledConnection add(Fake made) {
    return pool.add(made.connection(), HERE, false);
  }

  @Test
  void givesNoMorePlacesThanAConnectionBears() {
    PooledConnection connection = add(http2(3));

    assertThat(pool.take(HERE)).isSameAs(connection);
    assertThat(pool.take(HERE)).isSameAs(connection);
    assertThat(pool.take(HERE)).isNull();

    connection.giveBack();
    assertThat(pool.take(HERE)).isSameAs(connection);
    assertThat(pool.take(HERE)).isNull();
  }

  @Test
  void followsWhatTheUpstreamBears() {
    Fake made = http2(1);
    PooledConnection connection = add(made);

    made.bearing.handle(2L);
    assertThat(pool.take(HERE)).isSameAs(connection);
    made.bearing.handle(1L);
    connection.giveBack();

    assertThat(pool.take(HERE)).isNull();
    connection.giveBack();
    assertThat(pool.take(HERE)).isSameAs(connection);
  }

  @Test
  void tellsWhenThereIsRoomWhereThereWasNone() {
    Fake made = http2(1);
    PooledConnection connection = add(made);
    assertThat(pool.hasRoom(HERE)).isFalse();
    assertThat(roomed).hasValue(0);

    made.bearing.handle(2L);
    assertThat(roomed).hasValue(1);
    assertThat(pool.hasRoom(HERE)).isTrue();
    assertThat(pool.hasRoom(THERE)).isFalse();
    connection.giveBack();
    assertThat(roomed).as("there was some").hasValue(1);

    pool.retire();
    assertThat(pool.hasRoom(HERE)).isFalse();
    assertThat(roomed).hasValue(1);
  }

  @Test
  void takesTheOneThatHadRoomLast() {
    PooledConnection first = add(http1());
    PooledConnection second = add(http1());
    assertThat(pool.take(HERE)).isNull();

    second.giveBack();
    first.giveBack();

    assertThat(pool.take(HERE)).isSameAs(first);
    assertThat(pool.take(HERE)).isSameAs(second);
    assertThat(pool.take(HERE)).isNull();
  }

  @Test
  void keepsThoseToAnotherAddressApart() {
    PooledConnection here = pool.add(http2(9).connection(), HERE, false);
    PooledConnection there = pool.add(http2(9).connection(), THERE, false);

    assertThat(pool.take(HERE)).isSameAs(here);
    assertThat(pool.take(THERE)).isSameAs(there);
  }

  @Test
  void takesNoneThatGoesAwayIsClosedOrHasHadItsTime() {
    Fake goingAway = http2(9);
    Fake closed = http2(9);
    Fake late = http1();
    add(goingAway);
    add(closed);
    add(late).giveBack();

    goingAway.gone.handle(null);
    closed.channel.close().syncUninterruptibly();
    late.valid = false;

    assertThat(pool.take(HERE)).isNull();
  }

  /** A balancer may send GOAWAY and leave it to the client to close. */
  @Test
  void closesThoseThatGoAwayWhenNobodyUsesThem() {
    Fake idle = http2(9);
    Fake busy = http2(9);
    add(idle).giveBack();
    PooledConnection used = add(busy);

    idle.gone.handle(null);
    busy.gone.handle(null);
    time.advance(Duration.ofSeconds(5));

    assertThat(idle.closed).isTrue();
    assertThat(busy.closed).isFalse();
    used.giveBack();
    time.advance(Duration.ofSeconds(5));
    assertThat(busy.closed).isTrue();
  }

  @Test
  void takesNoneOfThoseThatAreRetiredAndClosesThemWhenNobodyUsesThem() {
    Fake idle = http2(9);
    Fake busy = http2(9);
    Fake late = http2(9);
    add(idle).giveBack();
    PooledConnection used = add(busy);

    pool.retire();
    PooledConnection madeBefore = pool.add(late.connection(), HERE, true);

    assertThat(pool.take(HERE)).isNull();
    time.advance(Duration.ofSeconds(5));
    assertThat(idle.closed).isTrue();
    assertThat(busy.closed).isFalse();
    used.giveBack();
    madeBefore.giveBack();
    assertThat(pool.take(HERE)).isNull();
    time.advance(Duration.ofSeconds(5));
    assertThat(busy.closed).isTrue();
    assertThat(late.closed).isTrue();
  }

  @Test
  void closesThoseThatNobodyUsedForAMinute() {
    Fake idle = http2(9);
    Fake used = http2(9);
    Fake late = http1();
    add(used);
    add(idle).giveBack();
    add(late).giveBack();
    late.valid = false;

    time.advance(Duration.ofSeconds(5));
    assertThat(late.closed).isTrue();
    time.advance(Duration.ofSeconds(50));
    assertThat(idle.closed).isFalse();
    time.advance(Duration.ofSeconds(10));

    assertThat(idle.closed).isTrue();
    assertThat(used.closed).isFalse();
  }

  @Test
  void closesAll() {
    Fake idle = http2(9);
    Fake used = http1();
    add(idle).giveBack();
    add(used);

    var unused = pool.close();

    assertThat(idle.closed).isTrue();
    assertThat(used.closed).isTrue();
  }
}
