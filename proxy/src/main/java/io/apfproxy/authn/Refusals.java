package io.apfproxy.authn;

import io.apfproxy.request.RefusedException;

/** The replies of authentication. Source: specification security.md, section 2. */
final class Refusals {
  private Refusals() {}

  static RefusedException unauthorized(String rule) {
    return new RefusedException(401, "Unauthorized", rule, "Unauthorized");
  }

  static RefusedException forbidden(String rule, String message) {
    return new RefusedException(403, "Forbidden", rule, message);
  }

  static RefusedException overloaded(String rule) {
    return new RefusedException(
            429, "TooManyRequests", rule, "too many identities are being checked, try again later")
        .retryAfter(1);
  }

  static RefusedException unavailable(String rule, String message) {
    return new RefusedException(503, "ServiceUnavailable", rule, message).retryAfter(1);
  }
}
