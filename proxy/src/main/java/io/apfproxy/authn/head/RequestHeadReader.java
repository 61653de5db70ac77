package io.apfproxy.authn.head;

import io.apfproxy.request.RefusedException;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Checks the head of a request and reads it into typed fields: steps 1 to 7 of specification
 * security.md 3.1. Thread-safe.
 */
public final class RequestHeadReader {
  private final Supplier<ClientTrust> trust;
  private final Predicate<String> trustedProxies;
  private volatile Names names;

  /** The catalogue made for one version of the trust. */
  private record Names(ClientTrust trust, HeaderCatalogue catalogue) {
    static Names of(ClientTrust trust) {
      return new Names(trust, new HeaderCatalogue(trust.accepted(), trust.upstream()));
    }
  }

  /**
   * @param trust names the headers of front proxies; read at each request
   * @param trustedProxies whether an address is that of a proxy before us, which is believed where
   *     a request came from
   */
  public RequestHeadReader(Supplier<ClientTrust> trust, Predicate<String> trustedProxies) {
    this.trust = trust;
    this.trustedProxies = trustedProxies;
    this.names = Names.of(trust.get());
  }

  /**
   * @throws RefusedException if the message is ambiguous or illegal
   */
  public RequestHead read(ClientRequest request) throws RefusedException {
    Names now = names();
    HeadReading reading =
        new HeadReading(
            now.trust(),
            request,
            now.catalogue(),
            new SourceAddresses(request.peerAddress(), trustedProxies));
    for (Map.Entry<String, String> line : request.headers()) {
      reading.add(line.getKey(), line.getValue());
    }
    return reading.finish();
  }

  private Names names() {
    ClientTrust current = trust.get();
    Names known = names;
    if (!known.trust().equals(current)) {
      known = Names.of(current);
      names = known;
    }
    return known;
  }
}
