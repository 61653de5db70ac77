package io.apfproxy.authn.head;

import io.apfproxy.request.RefusedException;

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

  public static RefusedException unavailable(String rule, String message) {
    return new RefusedException(503, "ServiceUnavailable", rule, message).retryAfter(1);
  }
}
