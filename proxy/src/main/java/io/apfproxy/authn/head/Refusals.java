package io.apfproxy.authn.head;

import io.apfproxy.request.RefusedException;
import java.util.concurrent.CompletionException;

/** The replies of authentication. Source: specification security.md, section 2. */
public final class Refusals {
  private Refusals() {}

  public static RefusedException unauthorized(String rule) {
    return new RefusedException(401, "Unauthorized", rule, "Unauthorized");
  }

  public static RefusedException forbidden(String rule, String message) {
    return new RefusedException(403, "Forbidden", rule, message);
  }

  public static RefusedException overloaded(String rule) {
    return new RefusedException(
            429, "TooManyRequests", rule, "too many identities are being checked, try again later")
        .retryAfter(1);
  }

  /**
   * A head was read by names of headers that must still be those the upstream believes.
   *
   * @param read the trust of the head
   * @throws RefusedException 503 if they are not
   */
  public static void ifChanged(ClientTrust read, ClientTrust now) throws RefusedException {
    if (!read.upstream().equals(now.upstream())) {
      throw unavailable(
          "upstream-headers-changed", "the headers that the upstream believes have just changed");
    }
  }

  public static RefusedException unavailable(String rule, String message) {
    return new RefusedException(503, "ServiceUnavailable", rule, message).retryAfter(1);
  }

  /**
   * Why a check failed that the upstream was asked for.
   *
   * @param rule of failures that are no refusals
   */
  public static RefusedException of(Throwable failure, String rule, String message) {
    Throwable reason =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return reason instanceof RefusedException refused ? refused : unavailable(rule, message);
  }
}
