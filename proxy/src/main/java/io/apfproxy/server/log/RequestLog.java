package io.apfproxy.server.log;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.vertx.core.json.JsonObject;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * Tells of every request, at its end, how it was read and where it was put, as one JSON object; for
 * whoever asks why a request landed where it did. It names users: at trace level only.
 */
public final class RequestLog implements Reporter {
  private final Logger log;

  /**
   * @param logs where it is told
   */
  public RequestLog(ILoggerFactory logs) {
    this.log = logs.getLogger(RequestLog.class.getName());
  }

  @Override
  public void ended(Account account) {
    RequestDigest digest = account.digest();
    if (digest != null && log.isTraceEnabled()) {
      log.trace("request {}", json(account, digest));
    }
  }

  private static JsonObject json(Account account, RequestDigest digest) {
    RequestInfo info = digest.info();
    Classification classification = account.classification();
    return new JsonObject()
        .put("auditId", account.auditId())
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
