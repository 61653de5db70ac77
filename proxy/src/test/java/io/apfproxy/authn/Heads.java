package io.apfproxy.authn;

import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.request.RefusedException;
import io.vertx.core.MultiMap;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;

/** Request heads for tests: lines are written {@code Name: value}. */
public final class Heads {
  static final FrontProxyHeaders WITH_UID =
      new FrontProxyHeaders(
          List.of("X-Remote-User"),
          List.of("X-Remote-Uid"),
          List.of("X-Remote-Group"),
          List.of("X-Remote-Extra-"));

  private Heads() {}

  public static ClientRequest http1(String... lines) {
    return request(false, null, List.of(), lines);
  }

  public static ClientRequest http2(String authority, String... lines) {
    return request(true, authority, List.of(), lines);
  }

  static ClientRequest from(TestCertificate peer, String... lines) {
    return request(false, null, List.of(peer.certificate()), lines);
  }

  private static ClientRequest request(
      boolean http2,
      @org.jspecify.annotations.Nullable String authority,
      List<X509Certificate> peer,
      String... lines) {
    // a plain multimap, as the codec's own refuses some of what the reader must refuse itself
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    if (!http2 && Arrays.stream(lines).noneMatch(line -> line.startsWith("Host:"))) {
      headers.add("Host", "proxy.example:6443");
    }
    for (String line : lines) {
      int colon = line.indexOf(':', 1);
      headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new ClientRequest("GET", headers, http2, authority, peer, "192.0.2.1");
  }

  public static RequestHead read(ClientRequest request) throws RefusedException {
    return read(request, FrontProxyHeaders.STANDARD);
  }

  public static RequestHead read(ClientRequest request, FrontProxyHeaders names)
      throws RefusedException {
    ClientTrust trust = new ClientTrust(List.of(), List.of(), List.of(), names, names, true);
    return new RequestHeadReader(() -> trust, peer -> false).read(request);
  }

  /** The lines that may be copied, {@code Name: value}, without Host. */
  public static List<String> survivors(RequestHead head) {
    return StreamSupport.stream(head.survivors().spliterator(), false)
        .map(line -> line.getKey() + ": " + line.getValue())
        .toList();
  }
}
