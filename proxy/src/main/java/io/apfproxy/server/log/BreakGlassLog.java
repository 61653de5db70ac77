package io.apfproxy.server.log;

import io.apfproxy.report.Account;
import io.apfproxy.report.LoggedTarget;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.UserInfo;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each request of the break-glass listener twice, as JSON: who asks what when that is
 * known, and how it ended. Never sums up, as those requests have few seats. Source: specification
 * limits.md L-84.
 */
public final class BreakGlassLog implements Reporter {
  private static final Logger LOG = LoggerFactory.getLogger("io.apfproxy.breakglass");

  @Override
  public void identified(Account account) {
    LOG.warn("begins {}", beginning(account));
  }

  /** One that was refused before it was known who asks is told of as a whole. */
  @Override
  public void ended(Account account) {
    JsonObject line =
        account.authenticated() == null
            ? beginning(account)
            : new JsonObject().put("auditId", account.auditId());
    line.put("code", account.code()).put("end", account.end().name());
    if (!account.rule().isEmpty()) {
      line.put("rule", account.rule());
    }
    LOG.warn(
        "ends {}",
        line.put(
            "milliseconds", TimeUnit.NANOSECONDS.toMillis(account.endedAt() - account.arrived())));
  }

  private static JsonObject beginning(Account account) {
    JsonObject line = new JsonObject().put("auditId", account.auditId());
    UserInfo who = account.authenticated();
    if (who != null) {
      line.put("user", who.name()).put("groups", new JsonArray(who.groups()));
    }
    return line.put("address", account.address())
        .put("certificate", serial(account.certificate()))
        .put("verb", account.info() == null ? account.method() : account.info().verb())
        .put("path", LoggedTarget.of(account.target()));
  }

  /** In hexadecimal digits, as tools show it. */
  private static String serial(@Nullable X509Certificate certificate) {
    return certificate == null ? "" : certificate.getSerialNumber().toString(16);
  }
}
