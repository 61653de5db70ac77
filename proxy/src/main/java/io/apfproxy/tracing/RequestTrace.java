package io.apfproxy.tracing;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.report.Account;
import io.apfproxy.report.Trace;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one request: one for all of it, and below it who asks, the wait for seats, and the
 * upstream. Source: specification seeing.md V-96.
 */
final class RequestTrace implements Trace {
  /*
   * Only those spans are made on the way whose ids somebody has to know before the end: that of the
   * request, and that of the upstream, below which it puts its own. All else stands in the account.
   */
  private static final double NANOS = 1e9;
  private static final int CLIENT_FAULT = 400;
  private static final int SERVER_FAULT = 500;

  private final Tracer tracer;
  private final Span request;
  private final Context inside;
  private final long toEpoch;
  private final boolean namesUsers;
  private @Nullable Span upstream;

  /**
   * @param request begun
   * @param toEpoch nanoseconds between an instant of {@link System#nanoTime} and that of the wall
   *     clock
   * @param namesUsers whether it may say who asks
   */
  RequestTrace(Tracer tracer, Span request, long toEpoch, boolean namesUsers) {
    this.tracer = tracer;
    this.request = request;
    this.inside = Context.root().with(request);
    this.toEpoch = toEpoch;
    this.namesUsers = namesUsers;
  }

  private boolean isKept() {
    return request.getSpanContext().isSampled();
  }

  @Override
  public String id() {
    return isKept() ? request.getSpanContext().getTraceId() : "";
  }

  @Override
  public List<Map.Entry<String, String>> sent(long now) {
    Span span = begin("upstream", SpanKind.CLIENT, now);
    upstream = span;
    return ClientContext.write(span.getSpanContext());
  }

  private Span begin(String name, SpanKind kind, long at) {
    return tracer
        .spanBuilder(name)
        .setParent(inside)
        .setSpanKind(kind)
        .setStartTimestamp(at + toEpoch, TimeUnit.NANOSECONDS)
        .startSpan();
  }

  private void end(Span span, long at) {
    span.end(at + toEpoch, TimeUnit.NANOSECONDS);
  }

  @Override
  public void ended(Account account) {
    if (!isKept()) {
      return;
    }
    end(begin("authentication", SpanKind.INTERNAL, account.arrived()), account.identifiedAt());
    waited(account);
    answered(account);
    describe(account);
    end(request, account.endedAt());
  }

  /** The server calls its own wait so, too. */
  private void waited(Account account) {
    Admission place = account.place();
    if (place == null || place.arrivedAt() == 0) {
      return; // nobody waits there
    }
    long came = place.arrivedAt();
    SeatLease seats = account.seats();
    long until = account.answeredAt() == 0 ? account.endedAt() : account.answeredAt();
    Span wait = begin("priorityandfairness", SpanKind.INTERNAL, came);
    end(wait, seats == null ? until : came + seats.waitedNanos());
  }

  private void answered(Account account) {
    Span span = upstream;
    if (span == null) {
      return;
    }
    SpanAttributes.method(span, account.method());
    RefusedException refusal = account.refusal();
    if (refusal != null) {
      span.setStatus(StatusCode.ERROR, refusal.rule());
    } else if (account.answeredAt() != 0) {
      span.addEvent("head", account.answeredAt() + toEpoch, TimeUnit.NANOSECONDS);
      span.setAttribute(SpanAttributes.STATUS, (long) account.code());
      if (account.code() >= CLIENT_FAULT) { // of a client it is no success, if the server is well
        span.setStatus(StatusCode.ERROR);
      }
    }
    span.addEvent("end", account.endedAt() + toEpoch, TimeUnit.NANOSECONDS);
    end(span, account.endedAt());
  }

  private void describe(Account account) {
    request.setAttribute(SpanAttributes.AUDIT_ID, account.auditId());
    SpanAttributes.method(request, account.method());
    request.setAttribute(SpanAttributes.USER_AGENT, account.userAgent());
    if (account.code() != 0) {
      request.setAttribute(SpanAttributes.STATUS, (long) account.code());
    }
    if (!account.classification().priorityLevel().isEmpty()) {
      request.setAttribute(SpanAttributes.FLOW_SCHEMA, account.classification().flowSchema());
      request.setAttribute(SpanAttributes.PRIORITY_LEVEL, account.classification().priorityLevel());
    }
    SeatLease seats = account.seats();
    if (seats != null) {
      request.setAttribute(SpanAttributes.SEATS, (long) seats.seats());
      request.setAttribute(SpanAttributes.WAIT, seats.waitedNanos() / NANOS);
    }
    if (!account.shadow().isEmpty()) {
      request.setAttribute(SpanAttributes.SHADOW, account.shadow());
    }
    if (!account.rule().isEmpty()) {
      request.setAttribute(SpanAttributes.REFUSED, account.rule());
    }
    RequestDigest digest = account.digest();
    if (namesUsers && digest != null) {
      request.setAttribute(SpanAttributes.USER, digest.user().name());
    }
    if (account.code() >= SERVER_FAULT || account.end() == Account.End.CUT) {
      request.setStatus(StatusCode.ERROR, account.rule());
    }
  }
}
