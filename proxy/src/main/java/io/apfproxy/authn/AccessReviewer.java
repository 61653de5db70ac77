package io.apfproxy.authn;

import io.apfproxy.request.UserInfo;
import java.util.concurrent.CompletionStage;

/** Asks the upstream whether a user may do something. Never blocks its caller. */
@FunctionalInterface
public interface AccessReviewer {
  /**
   * @return whether it is allowed; fails if the upstream gave no answer
   */
  CompletionStage<Boolean> allowed(Question question);

  /**
   * One thing a user wants to do; strings are empty when unset.
   *
   * @param user who wants it
   */
  record Question(
      UserInfo user,
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {}
}
