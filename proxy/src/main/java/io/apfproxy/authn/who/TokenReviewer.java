package io.apfproxy.authn.who;

import io.apfproxy.request.UserInfo;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks the upstream who a bearer token belongs to. Never blocks its caller. */
@FunctionalInterface
public interface TokenReviewer {
  /**
   * @param token as the client sent it
   * @return the user; empty if the upstream says that the token is not valid for it; fails if the
   *     upstream gave no answer, which says nothing about the token
   */
  CompletionStage<Optional<UserInfo>> review(String token);
}
