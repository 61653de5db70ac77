package io.apfproxy.request;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What counts as one address: one of IPv4, or a network of 64 bits of IPv6, all of which one
 * customer has.
 *
 * @param bits all of IPv4's, the first 64 of IPv6's
 */
public record ClientAddress(boolean ipv6, long bits) {
  public static ClientAddress of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new ClientAddress(true, bytes.getLong())
        : new ClientAddress(false, bytes.getInt());
  }

  /**
   * Reads an address as sockets print it; asks no name server.
   *
   * @return empty if it is none, as of a Unix socket
   */
  public static Optional<InetAddress> parse(String text) {
    boolean ipv4 = text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '.');
    if (text.isEmpty() || !(ipv4 || text.contains(":"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
