package io.apfproxy.server.walk;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.Credentials;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.request.HeaderLines;
import java.util.List;
import java.util.Map;

/** A head that says nothing, for stations that do not look at it. */
final class SomeHead {
  private SomeHead() {}

  static RequestHead saysNothing() {
    return new RequestHead(
        ClientTrust.NONE,
        null,
        null,
        new HeaderLines(),
        "",
        false,
        new Credentials(null, List.of(), Map.of(), null));
  }
}
