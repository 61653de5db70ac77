package io.apfproxy.server.log;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.recorded.Annotations;
import io.apfproxy.recorded.Naming;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.work.ListWeights;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.WorkInputs;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line of a recording: an event of {@code audit.k8s.io/v1} at level Metadata. Belongs to one
 * thread. Source: reference, pkg/apis/audit/v1/types.go; specification seeing.md V-56, V-57.
 */
final class RecordLine implements LineFormat<RecordEntry> {
  private static final long NANOS_PER_MICRO = 1_000;

  private final Naming naming;
  private final MicroTime time;
  private final JsonLine json = new JsonLine();

  /**
   * @param zeroMicros what the wall clock says where the accounts' clock says 0, in microseconds
   *     since 1970
   */
  RecordLine(Naming naming, long zeroMicros) {
    this.naming = naming;
    this.time = new MicroTime(zeroMicros);
  }

  @Override
  public LineBuffer of(RecordEntry entry) throws IOException {
    json.begin()
        .text("kind", "Event")
        .text("apiVersion", "audit.k8s.io/v1")
        .text("level", "Metadata")
        .text("auditID", entry.auditId())
        .text("stage", entry.started() ? "ResponseStarted" : "ResponseComplete")
        .text("requestURI", naming.target(entry.info(), entry.target()))
        .text("verb", verb(entry));
    writeUser("user", entry.user());
    if (entry.impersonated() != null) {
      writeUser("impersonatedUser", entry.impersonated());
    }
    json.array("sourceIPs")
        .element(naming.other(entry.address()))
        .endArray()
        .text("userAgent", entry.userAgent());
    writeObject(entry.info());
    if (entry.code() != 0) {
      json.object("responseStatus")
          .object("metadata")
          .endObject()
          .number("code", entry.code())
          .endObject();
    }
    json.text("requestReceivedTimestamp", time.text(entry.received()))
        .text("stageTimestamp", time.text(entry.staged()))
        .object("annotations");
    writeAnnotations(entry);
    return json.endObject().end();
  }

  /** A method that is no verb is one here, so that there is one. */
  private static String verb(RecordEntry entry) {
    return entry.info().verb().isEmpty()
        ? entry.method().toLowerCase(Locale.ROOT)
        : entry.info().verb();
  }

  private void writeUser(String field, @Nullable UserInfo user) throws IOException {
    json.object(field);
    if (user != null) {
      json.text("username", naming.user(user.name()))
          .optional("uid", naming.other(user.uid()))
          .array("groups");
      for (String group : user.groups()) {
        json.element(naming.group(group));
      }
      json.endArray();
    }
    json.endObject();
  }

  private void writeObject(RequestInfo info) throws IOException {
    if (info.resourceRequest()) {
      json.object("objectRef")
          .optional("resource", info.resource())
          .optional("namespace", naming.other(info.namespace()))
          .optional("name", naming.object(info.name()))
          .optional("apiGroup", info.apiGroup())
          .optional("apiVersion", info.apiVersion())
          .optional("subresource", info.subresource())
          .endObject();
    }
  }

  /** Values of annotations are texts. */
  private void writeAnnotations(RecordEntry entry) throws IOException {
    Classification where = entry.where();
    UserInfo who = entry.impersonated() == null ? entry.user() : entry.impersonated();
    json.optional(Annotations.SCHEMA, where.flowSchema())
        .optional(Annotations.LEVEL, where.priorityLevel())
        .optional(
            Annotations.FLOW,
            naming.flow(where.flowDistinguisher(), who == null ? "" : who.name()));
    if (entry.width() > 0) {
      json.textOf(Annotations.SEATS, entry.width());
    }
    long beyond = Math.floorMod(entry.received(), NANOS_PER_MICRO);
    if (beyond > 0) {
      json.textOf(Annotations.RECEIVED_NANOS, beyond);
    }
    json.duration(Annotations.WAIT, entry.waited())
        .duration(Annotations.HELD, entry.held())
        .textOf(Annotations.BYTES, entry.bytes())
        .optional(Annotations.REFUSED, entry.refused());
    WorkInputs inputs = entry.inputs();
    if (inputs != null) {
      writeInputs(inputs, entry.info());
    }
  }

  private void writeInputs(WorkInputs inputs, RequestInfo info) throws IOException {
    ObjectReading objects = inputs.objects();
    if (objects.state() != ObjectReading.State.NOT_TRACKED) {
      json.textOf(Annotations.OBJECTS, objects.count(), objects.averageSize());
    }
    if (inputs.listBytes() != ListWeights.UNKNOWN) {
      json.textOf(Annotations.LEARNED_BYTES, inputs.listBytes());
    }
    switch (info.verb()) {
      case "create", "update", "patch", "delete" ->
          json.textOf(Annotations.WATCHERS, inputs.watchers());
      default -> {}
    }
  }
}
