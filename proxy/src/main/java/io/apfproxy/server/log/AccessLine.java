package io.apfproxy.server.log;

import io.apfproxy.report.LoggedTarget;
import java.io.IOException;

/**
 * A line of the access log: one JSON object with the names of kube-apiserver's own log of requests,
 * and some of ours. Source: reference, pkg/server/httplog; specification seeing.md V-91. Belongs to
 * one thread.
 */
final class AccessLine implements LineFormat<AccessEntry> {
  /*
   * A character may take six bytes in JSON, so that the bounds of the texts are those of their
   * escaped forms: together with all else they keep a line below 8 KiB.
   */
  private static final int TARGET_BYTES = 3 << 10;
  private static final int AGENT_BYTES = 1 << 10;
  private static final int USER_BYTES = 1 << 10;
  private static final int NAME_BYTES = 512;

  private static final int MOST_ESCAPED = 6;

  private static final int SWITCHING_PROTOCOLS = 101;

  private final double sample;
  private final JsonLine json = new JsonLine();

  /**
   * @param sample part of the requests that are logged, which each line says if it is not 1
   */
  AccessLine(double sample) {
    this.sample = sample;
  }

  @Override
  public LineBuffer of(AccessEntry entry) throws IOException {
    json.begin()
        .number("ts", entry.arrivedMillis())
        .text("msg", "HTTP")
        .text("verb", verb(entry))
        .text("URI", cut(LoggedTarget.of(entry.target()), TARGET_BYTES))
        .duration("latency", Math.max(0, entry.latency()))
        .text("userAgent", cut(entry.userAgent(), AGENT_BYTES))
        .text("audit-ID", entry.auditId())
        .optional("trace-id", entry.traceId())
        .text("srcIP", entry.address())
        .text("user", cut(entry.user(), USER_BYTES))
        .text("proto", entry.protocol());
    writeFlow(entry);
    json.number("resp", entry.code())
        .number("bytes_in", entry.bytesIn())
        .number("bytes_out", entry.bytesOut())
        .flag("hijacked", entry.code() == SWITCHING_PROTOCOLS)
        .flag("aborted", entry.aborted());
    if (sample < 1) {
      json.number("sampled", sample);
    }
    return json.end();
  }

  private void writeFlow(AccessEntry entry) throws IOException {
    if (!entry.where().priorityLevel().isEmpty()) {
      json.text("apf_pl", entry.where().priorityLevel())
          .text("apf_fs", entry.where().flowSchema())
          .text("apf_flow", cut(entry.where().flowDistinguisher(), NAME_BYTES))
          .number("apf_iseats", entry.held().initial())
          .number("apf_fseats", entry.held().last())
          .duration("apf_additionalLatency", entry.held().additionalLatency())
          .duration("apf_wait", Math.max(0, entry.waited()));
    }
    json.duration("apf_execution_time", entry.executionTime())
        .duration("apf_init_latency", entry.initLatency())
        .duration("upstream_latency", entry.upstreamLatency())
        .optional("apf_refused", entry.rule())
        .optional("apf_shadow", entry.held().shadow());
  }

  /** As the server has it: the method, but for lists and watches. */
  private static String verb(AccessEntry entry) {
    return switch (entry.verb()) {
      case "list" -> "LIST";
      case "watch" -> "WATCH";
      default -> cut(entry.method(), NAME_BYTES);
    };
  }

  /** As much of a text as takes so many bytes at most when it is escaped. */
  static String cut(String text, int bytes) {
    if (text.length() <= bytes / MOST_ESCAPED) {
      return text;
    }
    int taken = 0;
    for (int at = 0; at < text.length(); at++) {
      taken += escapedBytes(text.charAt(at));
      if (taken > bytes) {
        int end = Character.isLowSurrogate(text.charAt(at)) && at > 0 ? at - 1 : at;
        return text.substring(0, end) + "…";
      }
    }
    return text;
  }

  private static int escapedBytes(char character) {
    if (character < ' ') {
      return MOST_ESCAPED;
    }
    if (character == '"' || character == '\\') {
      return 2;
    }
    return character < 0x80 ? 1 : 3;
  }
}
