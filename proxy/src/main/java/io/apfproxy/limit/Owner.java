package io.apfproxy.limit;

import io.apfproxy.gate.Asked;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.KeyHash;
import java.net.InetAddress;

/** Who has invented a key: the user who asks, or the address where nobody knows who that is. */
final class Owner {
  private Owner() {}

  /** Of a request. */
  static long of(Asked asked, UserInfo user, KeyHash hash) {
    InetAddress origin = asked.origin();
    if (origin == null || !user.name().equals(UserInfo.ANONYMOUS.name())) {
      return of(user, hash);
    }
    ClientAddress address = ClientAddress.of(origin);
    return hash.add(address.ipv6() ? 6 : 4).add(address.bits()).end();
  }

  /** Of a request of a user. */
  static long of(UserInfo user, KeyHash hash) {
    return hash.add(user.name()).end();
  }
}
