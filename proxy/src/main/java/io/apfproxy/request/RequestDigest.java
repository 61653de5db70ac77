package io.apfproxy.request;

import java.util.Objects;

/**
 * All that classification and work estimation look at.
 *
 * @param info what is asked
 * @param user who asks; after impersonation, once that was authorised
 * @param query the raw query of the target, without {@code ?}; empty if none
 */
public record RequestDigest(RequestInfo info, UserInfo user, String query) {
  public RequestDigest {
    Objects.requireNonNull(info);
    Objects.requireNonNull(user);
    Objects.requireNonNull(query);
  }

  /** Who asked, and no more: what may be kept of a request that is over. */
  public RequestDigest brief() {
    return new RequestDigest(RequestInfo.FORGOTTEN, UserInfo.of(user.name()), "");
  }
}
