package io.apfproxy.upstream.wire;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the upstream's name points to. Belongs to one event loop. Source: specification security.md
 * S88.
 */
final class NamedAddress {
  /*
   * The HTTP client looks a name up once and keeps the answer for as long as it is used, which is for
   * ever. So it is given addresses. It keeps connections by address: when the name has moved, new
   * requests go to new connections, and those to the old address end when they are idle.
   *
   * A look-up takes turns with requests: until its answer comes they go where the last one said, unless
   * that is long ago. A name that nobody knows any more still points to where it did.
   */
  private static final long FRESH_NANOS = 1_000_000_000L;
  private static final long GOOD_NANOS = 30 * FRESH_NANOS;

  private final SocketAddress configured;
  private final boolean isName;
  private final Function<String, Future<InetAddress>> resolver;
  private final LongSupplier clock;
  private @Nullable Future<SocketAddress> answer;
  private @Nullable Future<SocketAddress> question;
  private long answered;
  private long asked;

  /** Addresses are what they are, and names are looked up as {@link UpstreamNames} says. */
  static NamedAddress of(Vertx vertx, SocketAddress configured) {
    return new NamedAddress(
        configured, ((VertxInternal) vertx).nameResolver()::resolve, System::nanoTime);
  }

  /**
   * @param clock monotonic, in nanoseconds
   */
  NamedAddress(
      SocketAddress configured,
      Function<String, Future<InetAddress>> resolver,
      LongSupplier clock) {
    this.configured = configured;
    this.resolver = resolver;
    this.clock = clock;
    String host = configured.host();
    this.isName = !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
    this.answer = isName ? null : Future.succeededFuture(configured);
  }

  /** Fails only if the name has never been known. */
  Future<SocketAddress> find() {
    Future<SocketAddress> last = answer;
    if (last != null && !isName) {
      return last;
    }
    long now = clock.getAsLong();
    if (last != null && question == null && now - asked < FRESH_NANOS) {
      return last;
    }
    Future<SocketAddress> open = question == null ? ask(now) : question;
    if (last == null) {
      return open;
    }
    return now - answered < GOOD_NANOS ? last : open.recover(unknown -> last);
  }

  private Future<SocketAddress> ask(long now) {
    asked = now;
    Future<SocketAddress> open = resolver.apply(configured.host()).map(this::at);
    question = open;
    open.onComplete(
        done -> {
          question = null;
          if (done.succeeded()) {
            answer = open;
            answered = clock.getAsLong();
          }
        });
    return open;
  }

  /** Without the name, which the client would look up by itself. */
  private SocketAddress at(InetAddress address) {
    String literal = address.getHostAddress();
    return SocketAddress.inetSocketAddress(
        configured.port(), address instanceof Inet6Address ? "[" + literal + "]" : literal);
  }
}
