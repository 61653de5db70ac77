package io.apfproxy.server.log;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.recorded.Annotations;
import io.apfproxy.recorded.Naming;
import io.apfproxy.request.GoDuration;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.work.ListWeights;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.WorkInputs;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line of a recording: an event of {@code audit.k8s.io/v1} at level Metadata. Belongs to one
 * thread. Source: reference, pkg/apis/audit/v1/types.go; specification seeing.md V-56, V-57.
 */
final class RecordLine {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final long NANOS_PER_MICRO = 1_000;

  /** As kube-apiserver writes a MicroTime. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final Naming naming;
  private final long zeroMicros;

  /**
   * @param zeroMicros what the wall clock says where the accounts' clock says 0, in microseconds
   *     since 1970
   */
  RecordLine(Naming naming, long zeroMicros) {
    this.naming = naming;
    this.zeroMicros = zeroMicros;
  }

  byte[] of(RecordEntry entry) {
    return JsonLine.of(json -> write(entry, json));
  }

  private void write(RecordEntry entry, JsonGenerator json) throws IOException {
    json.writeStringField("kind", "Event");
    json.writeStringField("apiVersion", "audit.k8s.io/v1");
    json.writeStringField("level", "Metadata");
    json.writeStringField("auditID", entry.auditId());
    json.writeStringField("stage", entry.started() ? "ResponseStarted" : "ResponseComplete");
    json.writeStringField("requestURI", naming.target(entry.info(), entry.target()));
    json.writeStringField("verb", verb(entry));
    writeUser("user", entry.user(), json);
    if (entry.impersonated() != null) {
      writeUser("impersonatedUser", entry.impersonated(), json);
    }
    json.writeArrayFieldStart("sourceIPs");
    json.writeString(naming.other(entry.address()));
    json.writeEndArray();
    json.writeStringField("userAgent", entry.userAgent());
    writeObject(entry.info(), json);
    if (entry.code() != 0) {
      json.writeObjectFieldStart("responseStatus");
      json.writeObjectFieldStart("metadata");
      json.writeEndObject();
      json.writeNumberField("code", entry.code());
      json.writeEndObject();
    }
    json.writeStringField("requestReceivedTimestamp", time(entry.received()));
    json.writeStringField("stageTimestamp", time(entry.staged()));
    json.writeObjectFieldStart("annotations");
    writeAnnotations(entry, json);
    json.writeEndObject();
  }

  /** A method that is no verb is one here, so that there is one. */
  private static String verb(RecordEntry entry) {
    return entry.info().verb().isEmpty()
        ? entry.method().toLowerCase(Locale.ROOT)
        : entry.info().verb();
  }

  private void writeUser(String field, @Nullable UserInfo user, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(field);
    if (user != null) {
      json.writeStringField("username", naming.user(user.name()));
      optional("uid", naming.other(user.uid()), json);
      json.writeArrayFieldStart("groups");
      for (String group : user.groups()) {
        json.writeString(naming.group(group));
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void writeObject(RequestInfo info, JsonGenerator json) throws IOException {
    if (!info.resourceRequest()) {
      return;
    }
    json.writeObjectFieldStart("objectRef");
    optional("resource", info.resource(), json);
    optional("namespace", naming.other(info.namespace()), json);
    optional("name", naming.object(info.name()), json);
    optional("apiGroup", info.apiGroup(), json);
    optional("apiVersion", info.apiVersion(), json);
    optional("subresource", info.subresource(), json);
    json.writeEndObject();
  }

  private static void optional(String field, String value, JsonGenerator json) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(field, value);
    }
  }

  /** Values of annotations are texts. */
  private void writeAnnotations(RecordEntry entry, JsonGenerator json) throws IOException {
    Classification where = entry.where();
    optional(Annotations.SCHEMA, where.flowSchema(), json);
    optional(Annotations.LEVEL, where.priorityLevel(), json);
    UserInfo who = entry.impersonated() == null ? entry.user() : entry.impersonated();
    optional(
        Annotations.FLOW,
        naming.flow(where.flowDistinguisher(), who == null ? "" : who.name()),
        json);
    if (entry.width() > 0) {
      json.writeStringField(Annotations.SEATS, String.valueOf(entry.width()));
    }
    long beyond = Math.floorMod(entry.received(), NANOS_PER_MICRO);
    optional(Annotations.RECEIVED_NANOS, beyond == 0 ? "" : String.valueOf(beyond), json);
    duration(Annotations.WAIT, entry.waited(), json);
    duration(Annotations.HELD, entry.held(), json);
    json.writeStringField(Annotations.BYTES, String.valueOf(entry.bytes()));
    optional(Annotations.REFUSED, entry.refused(), json);
    WorkInputs inputs = entry.inputs();
    if (inputs != null) {
      writeInputs(inputs, entry.info(), json);
    }
  }

  private static void writeInputs(WorkInputs inputs, RequestInfo info, JsonGenerator json)
      throws IOException {
    ObjectReading objects = inputs.objects();
    if (objects.state() != ObjectReading.State.NOT_TRACKED) {
      json.writeStringField(Annotations.OBJECTS, objects.count() + "/" + objects.averageSize());
    }
    if (inputs.listBytes() != ListWeights.UNKNOWN) {
      json.writeStringField(Annotations.LEARNED_BYTES, String.valueOf(inputs.listBytes()));
    }
    switch (info.verb()) {
      case "create", "update", "patch", "delete" ->
          json.writeStringField(Annotations.WATCHERS, String.valueOf(inputs.watchers()));
      default -> {}
    }
  }

  private static void duration(String name, long nanos, JsonGenerator json) throws IOException {
    if (nanos >= 0) {
      json.writeStringField(name, GoDuration.text(nanos));
    }
  }

  private String time(long nanos) {
    long micros = zeroMicros + Math.floorDiv(nanos, NANOS_PER_MICRO);
    return TIME.format(
        Instant.ofEpochSecond(
            Math.floorDiv(micros, MICROS_PER_SECOND),
            Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO));
  }
}
