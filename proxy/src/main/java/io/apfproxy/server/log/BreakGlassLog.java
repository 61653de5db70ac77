package io.apfproxy.server.log;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.UserInfo;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each request of the break-glass listener twice, as JSON: who asks what when that is
 * known, and how it ended. Belongs to one event loop. Source: specification limits.md L-84.
 */
public final class BreakGlassLog implements Reporter {
  /*
   * A loop of one administrator must not drown all other lines: beyond what is promised, which is a
   * hundred requests a second, only their number is told, and no request is told by half.
   */
  private static final Logger LOG = LoggerFactory.getLogger("io.apfproxy.breakglass");
  private static final int REQUESTS_PER_SECOND = 100;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier nanos;
  private long since;
  private int begun;
  private int ended;
  private long untold;

  /**
   * @param nanos such as {@code System::nanoTime}
   */
  public BreakGlassLog(LongSupplier nanos) {
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  @Override
  public void identified(Account account) {
    renew();
    if (begun < REQUESTS_PER_SECOND) {
      begun++;
      LOG.warn("begins {}", beginning(account));
    } else {
      untold++;
    }
  }

  @Override
  public void ended(Account account) {
    renew();
    if (ended < REQUESTS_PER_SECOND) {
      ended++;
      LOG.warn("ends {}", end(account));
    } else {
      untold++;
    }
  }

  private void renew() {
    long now = nanos.getAsLong();
    if (now - since >= SECOND) {
      since = now;
      begun = 0;
      ended = 0;
      if (untold > 0) {
        LOG.warn("{} more lines of requests", untold);
        untold = 0;
      }
    }
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

  /** One that was refused before it was known who asks is told of as a whole. */
  private static JsonObject end(Account account) {
    JsonObject line =
        account.authenticated() == null
            ? beginning(account)
            : new JsonObject()
                .put("auditId", account.auditId())
                .put("user", account.authenticated().name());
    line.put("code", account.code()).put("end", account.end().name());
    if (!account.rule().isEmpty()) {
      line.put("rule", account.rule());
    }
    return line.put(
        "milliseconds", TimeUnit.NANOSECONDS.toMillis(account.endedAt() - account.arrived()));
  }

  /** In hexadecimal digits, as tools show it. */
  private static String serial(@Nullable X509Certificate certificate) {
    return certificate == null ? "" : certificate.getSerialNumber().toString(16);
  }
}
