package io.apfproxy.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What counts as one address: one of IPv4, or a network of 64 bits of IPv6, all of which one
 * customer has.
 *
 * @param bits all of IPv4's, the first 64 of IPv6's
 */
record ClientAddress(boolean ipv6, long bits) {
  static ClientAddress of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return address instanceof Inet6Address
        ? new ClientAddress(true, bytes.getLong())
        : new ClientAddress(false, bytes.getInt());
  }
}
