package io.apfproxy.authn;

import io.apfproxy.request.UserInfo;
import java.util.concurrent.CompletionStage;

/** Asks the upstream whether a user may read a URL that is no resource. Never blocks its caller. */
@FunctionalInterface
public interface UrlReviewer {
  /**
   * @param path such as {@code /metrics}
   * @return whether it is allowed; fails if the upstream gave no answer
   */
  CompletionStage<Boolean> mayGet(UserInfo user, String path);
}
