package io.apfproxy.server.log;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of every request how it was read and where it was put, as one JSON object; for whoever asks
 * why a request landed where it did. It names users: at trace level only.
 */
public final class RequestLog {
  private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

  private RequestLog() {}

  /**
   * @param auditId as upstream and the client see it
   * @param classification {@link Classification#NONE} of a request that flow control does not see
   */
  public static void classified(
      String auditId, RequestDigest digest, Classification classification) {
    if (LOG.isTraceEnabled()) {
      LOG.trace("request {}", json(auditId, digest, classification));
    }
  }

  private static JsonObject json(
      String auditId, RequestDigest digest, Classification classification) {
    RequestInfo info = digest.info();
    return new JsonObject()
        .put("auditId", auditId)
        .put("user", digest.user().name())
        .put("verb", info.verb())
        .put("path", info.path())
        .put("apiGroup", info.apiGroup())
        .put("apiVersion", info.apiVersion())
        .put("namespace", info.namespace())
        .put("resource", info.resource())
        .put("subresource", info.subresource())
        .put("name", info.name())
        .put("flowSchema", classification.flowSchema())
        .put("priorityLevel", classification.priorityLevel())
        .put("flowDistinguisher", classification.flowDistinguisher());
  }
}
