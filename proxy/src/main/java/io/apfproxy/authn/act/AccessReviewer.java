package io.apfproxy.authn.act;

import io.apfproxy.request.RequestInfo;
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
   * One thing a user wants to do.
   *
   * @param user who wants it
   * @param verb of the API, or of impersonation
   * @param target what it is to be done to
   */
  record Question(UserInfo user, String verb, Target target) {}

  /** What something is done to. Strings are empty when unset. */
  sealed interface Target {
    /** What a request is about, as kube-apiserver's authorizers see it. */
    static Target of(RequestInfo request) {
      return request.resourceRequest()
          ? new Resource(
              request.apiGroup(),
              request.apiVersion(),
              request.resource(),
              request.subresource(),
              request.namespace(),
              request.name(),
              request.fieldSelector(),
              request.labelSelector())
          : new Path(request.path());
    }
  }

  /**
   * @param fieldSelector raw, as in the query; so is {@code labelSelector}
   */
  record Resource(
      String group,
      String version,
      String resource,
      String subresource,
      String namespace,
      String name,
      String fieldSelector,
      String labelSelector)
      implements Target {}

  /** A path that is no resource. */
  record Path(String path) implements Target {}
}
