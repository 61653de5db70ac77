package io.apfproxy.server.log;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.report.LoggedTarget;
import io.apfproxy.request.GoDuration;
import java.io.IOException;
import java.util.Locale;

/**
 * A line of the access log: one JSON object with the names of kube-apiserver's own log of requests,
 * and some of ours. Source: reference, pkg/server/httplog; specification seeing.md V-91.
 */
final class AccessLine {
  /*
   * A character may take six bytes in JSON, so that the bounds of the texts are those of their
   * escaped forms: together with all else they keep a line below 8 KiB.
   */
  private static final int TARGET_BYTES = 3 << 10;
  private static final int AGENT_BYTES = 1 << 10;
  private static final int USER_BYTES = 1 << 10;
  private static final int NAME_BYTES = 512;

  private static final int SWITCHING_PROTOCOLS = 101;

  private final double sample;

  /**
   * @param sample part of the requests that are logged, which each line says if it is not 1
   */
  AccessLine(double sample) {
    this.sample = sample;
  }

  byte[] of(AccessEntry entry) {
    return JsonLine.of(json -> write(entry, json));
  }

  private void write(AccessEntry entry, JsonGenerator json) throws IOException {
    json.writeNumberField("ts", entry.arrivedMillis());
    json.writeStringField("msg", "HTTP");
    json.writeStringField("verb", verb(entry));
    json.writeStringField("URI", cut(LoggedTarget.of(entry.target()), TARGET_BYTES));
    json.writeStringField("latency", GoDuration.text(entry.latency()));
    json.writeStringField("userAgent", cut(entry.userAgent(), AGENT_BYTES));
    json.writeStringField("audit-ID", entry.auditId());
    if (!entry.traceId().isEmpty()) {
      json.writeStringField("trace-id", entry.traceId());
    }
    json.writeStringField("srcIP", entry.address());
    json.writeStringField("user", cut(entry.user(), USER_BYTES));
    json.writeStringField("proto", entry.protocol());
    writeFlow(entry, json);
    json.writeNumberField("resp", entry.code());
    json.writeNumberField("bytes_in", entry.bytesIn());
    json.writeNumberField("bytes_out", entry.bytesOut());
    if (entry.code() == SWITCHING_PROTOCOLS) {
      json.writeBooleanField("hijacked", true);
    }
    if (entry.aborted()) {
      json.writeBooleanField("aborted", true);
    }
    if (sample < 1) {
      json.writeNumberField("sampled", sample);
    }
  }

  private static void writeFlow(AccessEntry entry, JsonGenerator json) throws IOException {
    if (!entry.where().priorityLevel().isEmpty()) {
      json.writeStringField("apf_pl", entry.where().priorityLevel());
      json.writeStringField("apf_fs", entry.where().flowSchema());
      json.writeStringField("apf_flow", cut(entry.where().flowDistinguisher(), NAME_BYTES));
      json.writeNumberField("apf_iseats", entry.held().initial());
      json.writeNumberField("apf_fseats", entry.held().last());
      json.writeStringField(
          "apf_additionalLatency", GoDuration.text(entry.held().additionalLatency()));
      json.writeStringField("apf_wait", GoDuration.text(Math.max(0, entry.waited())));
    }
    duration("apf_execution_time", entry.executionTime(), json);
    duration("apf_init_latency", entry.initLatency(), json);
    duration("upstream_latency", entry.upstreamLatency(), json);
    if (!entry.rule().isEmpty()) {
      json.writeStringField("apf_refused", entry.rule());
    }
    if (!entry.held().shadow().isEmpty()) {
      json.writeStringField("apf_shadow", entry.held().shadow());
    }
  }

  private static void duration(String name, long nanos, JsonGenerator json) throws IOException {
    if (nanos >= 0) {
      json.writeStringField(name, GoDuration.text(nanos));
    }
  }

  /** As the server has it: the method, but for lists and watches. */
  private static String verb(AccessEntry entry) {
    String verb = entry.verb();
    return verb.equals("list") || verb.equals("watch")
        ? verb.toUpperCase(Locale.ROOT)
        : cut(entry.method(), NAME_BYTES);
  }

  /** As much of a text as takes so many bytes at most when it is escaped. */
  static String cut(String text, int bytes) {
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
      return 6;
    }
    if (character == '"' || character == '\\') {
      return 2;
    }
    return character < 0x80 ? 1 : 3;
  }
}
