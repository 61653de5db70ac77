package io.apfproxy.authn;

import io.apfproxy.request.RefusedException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Checks the head of a request and reads it into typed fields. Thread-safe. */
public final class RequestHeadReader {
  /**
   * @param trust names the headers of front proxies; read at each request
   * @param trustedPeer whether forwarding headers of this address are kept
   */
  public RequestHeadReader(Supplier<ClientTrust> trust, Predicate<String> trustedPeer) {}

  /**
   * @throws RefusedException if the message is ambiguous or illegal
   */
  public RequestHead read(ClientRequest request) throws RefusedException {
    return new RequestHead(
        request,
        request.headers(),
        "",
        false,
        new Credentials(null, java.util.List.of(), java.util.Map.of(), null));
  }
}
