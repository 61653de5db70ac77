package io.apfproxy.authn.who;

import io.apfproxy.request.ClientAddress;
import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from.
 *
 * @param address null if the socket has none
 * @param asker whom work is counted for: one IPv4 address, or a /64 of IPv6
 */
public record Source(@Nullable InetAddress address, Object asker) {
  static Source of(String peer) {
    InetAddress address = ClientAddress.parse(peer).orElse(null);
    return new Source(address, address == null ? peer : ClientAddress.of(address));
  }

  boolean matches(Predicate<InetAddress> addresses) {
    return address != null && addresses.test(address);
  }
}
