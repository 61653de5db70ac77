package io.apfproxy.authn;

import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.request.RequestInfo;
import io.vertx.core.Future;

/** Finds out who asks, in kube-apiserver's order, and how upstream will be told. */
public interface IdentityResolver {
  /**
   * @param head the checked head of the request
   * @param request what it asks for: whether a client may act as another can depend on it
   * @return fails with {@link io.apfproxy.request.RefusedException} only; completes on the caller's
   *     context
   */
  Future<Identity> resolve(RequestHead head, RequestInfo request);

  /**
   * The upstream answered 401 to a request whose credentials were believed: they are checked anew
   * next time. Does nothing for credentials that are not remembered.
   */
  default void upstreamRefused(RequestHead head) {}
}
