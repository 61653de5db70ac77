package io.apfproxy.authn.who;

import io.apfproxy.request.UserInfo;
import org.jspecify.annotations.Nullable;

/**
 * What one way of authentication made of a request.
 *
 * @param user null unless it succeeded
 * @param failed whether there were credentials of its kind, and bad ones; the next way may still
 *     succeed, but the request is not anonymous any more
 */
record Attempt(@Nullable UserInfo user, boolean failed) {
  static final Attempt NOT_MADE = new Attempt(null, false);
  static final Attempt FAILED = new Attempt(null, true);

  static Attempt success(UserInfo user) {
    return new Attempt(user, false);
  }
}
