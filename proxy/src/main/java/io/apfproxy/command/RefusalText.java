package io.apfproxy.command;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.refusals.Refused;
import java.time.Instant;
import java.util.Locale;

/**
 * A refusal in words, and what to do next; laid out as {@link Explanation}. Source: specification
 * seeing.md V-29.
 */
final class RefusalText {
  /** A flow that holds this part of a level's seats is why others find none. */
  private static final double MOST = 0.5;

  private static final double NANOS = 1e9;

  private final Refused refused;
  private final StringBuilder text = new StringBuilder();

  private RefusalText(Refused refused) {
    this.refused = refused;
  }

  static String of(Refused refused) {
    return new RefusalText(refused).text();
  }

  private String text() {
    row(
        refused.would() ? "shadow" : "refused",
        Instant.ofEpochMilli(refused.epochMillis())
            + (refused.would() ? ", sent on, would have been refused " : ", ")
            + (refused.code() == 0 ? "" : refused.code() + " ")
            + refused.rule()
            + ": "
            + refused.message().strip());
    row("request", refused.request());
    row("user", refused.who().user());
    row("agent", refused.who().agent());
    row("address", refused.who().address());
    row("audit id", refused.auditId());
    row("limit", limit());
    place(refused.place());
    if (refused.seats() > 0) {
      level();
    }
    if (refused.code() != 0) {
      row(refused.would() ? "wait" : "waited", seconds(refused.waitedNanos()) + retry());
    }
    next();
    return text.toString();
  }

  private String limit() {
    return refused.rateLimit()
        + (refused.rateLimitKey().isEmpty() ? "" : ", " + refused.rateLimitKey());
  }

  private void place(Classification place) {
    row("schema", place.flowSchema());
    row("level", place.priorityLevel());
    row(
        "flow",
        place.flowSchema().isEmpty() ? "" : flow(place.flowSchema(), place.flowDistinguisher()));
  }

  private void level() {
    Circumstances found = refused.found();
    row("width", Explanation.count(refused.seats(), "seat"));
    if (!found.equals(Circumstances.NONE)) {
      row("in use", found.inUse() + " of " + found.limit());
    }
    if (found.queue() >= 0) {
      row(
          "queue",
          found.queue()
              + ", "
              + found.queueLength()
              + " of "
              + Explanation.count(found.queueLimit(), "place")
              + " taken");
    }
    HeaviestFlow.Flow heaviest = refused.heaviest();
    if (heaviest != null) {
      row(
          "heaviest",
          flow(heaviest.schema(), heaviest.distinguisher())
              + (heaviest.isOf(refused.place()) ? ", its own" : "")
              + String.format(Locale.ROOT, ", %.1f seats of late", heaviest.seats()));
    }
  }

  private static String flow(String schema, String distinguisher) {
    return distinguisher.isEmpty() ? schema : schema + " / " + distinguisher;
  }

  private String retry() {
    int seconds = refused.retryAfterSeconds();
    return seconds == 0 ? "" : ", told to come again after " + seconds + " s";
  }

  private String nextOfLimit() {
    int seconds = refused.retryAfterSeconds();
    return (seconds == 0 ? "" : "retry in " + seconds + " s; ")
        + "ask less often, and for pages (limit=500), or let an operator look at "
        + refused.rateLimit()
        + ": apf-proxy explain";
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f s", nanos / NANOS);
  }

  private void next() {
    if (!refused.rateLimit().isEmpty()) {
      row("next", nextOfLimit());
    } else if (refused.seats() > 0) {
      row("next", nextAtLevel());
    }
  }

  private String nextAtLevel() {
    Circumstances found = refused.found();
    HeaviestFlow.Flow heaviest = refused.heaviest();
    if (heaviest != null && heaviest.seats() >= MOST * found.limit()) {
      return heaviest.isOf(refused.place())
          ? "lower your parallelism or page (limit=500)"
              + (heaviest.isShared()
                  ? "; nobody of this schema is told apart here: apf-proxy top says who asks most"
                  : "")
          : "an operator can give "
              + flow(heaviest.schema(), heaviest.distinguisher())
              + " a level of its own";
    }
    if (refused.place().priorityLevel().isEmpty() || found.equals(Circumstances.NONE)) {
      return "try again later";
    }
    return "no flow is known to hold most of it: an operator can give "
        + refused.place().priorityLevel()
        + ", limited to "
        + found.limit()
        + " then, more shares; apf-proxy diff OLD NEW says what that means";
  }

  private void row(String what, String value) {
    if (!value.isEmpty()) {
      text.append(String.format(Locale.ROOT, "%-9s%s%n", what, value));
    }
  }
}
