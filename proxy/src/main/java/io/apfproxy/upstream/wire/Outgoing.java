package io.apfproxy.upstream.wire;

import io.apfproxy.request.HeaderLines;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is to be sent on: identity decided, headers checked.
 *
 * @param method as sent by the client
 * @param target path and query, the client's bytes
 * @param survivors header lines to copy, with the client's {@code Content-Length}; no hop-by-hop
 *     header, none that claims an identity, no {@code Host}
 * @param sender who asks; what says so is set last
 * @param clientAddress for the end of {@code X-Forwarded-For}; the survivors have what is before
 * @param clientAuthority {@code Host} or {@code :authority} as the client sent it; null if it did
 *     not
 * @param auditId the client's, or a fresh UUID
 * @param upgrade protocol to upgrade to; empty for none
 * @param expectContinue whether the client waits for {@code 100 Continue} before it sends its body
 * @param laneKind which connections it may share; the body of a lasting one may come as slowly as
 *     it likes
 * @param redirectsAnywhere whether the response may send the client to another host
 * @param trace header lines that take the place of the client's {@code traceparent} and {@code
 *     tracestate}; none if those go on as they came
 */
public record Outgoing(
    String method,
    String target,
    HeaderLines survivors,
    Sender sender,
    String clientAddress,
    @Nullable String clientAuthority,
    String auditId,
    String upgrade,
    boolean expectContinue,
    LaneKind laneKind,
    boolean redirectsAnywhere,
    List<Map.Entry<String, String>> trace) {
  /** In the place of one that was answered: nothing of it has to be known any more. */
  public static final Outgoing ANSWERED =
      new Outgoing(
          "",
          "",
          new HeaderLines(),
          new Sender(Credential.NONE, true, null, List.of()),
          "",
          null,
          "",
          "",
          false,
          LaneKind.LASTING,
          false,
          List.of());
}
