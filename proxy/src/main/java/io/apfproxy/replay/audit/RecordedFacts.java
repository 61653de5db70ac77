package io.apfproxy.replay.audit;

import io.apfproxy.recorded.Annotations;
import io.apfproxy.request.GoDuration;
import java.util.OptionalLong;

/**
 * What the annotations of a recording say of a request; what cannot be read is as if it were not
 * there. Source: specification seeing.md V-56.
 */
final class RecordedFacts {
  private static final long NANOS_PER_MICRO = 1_000;

  private RecordedFacts() {}

  static void read(String name, String value, AuditEvent event) {
    event.recorded = true;
    switch (name) {
      case Annotations.RECEIVED_NANOS ->
          event.receivedNanos = Math.max(0, Math.min(NANOS_PER_MICRO - 1, number(value)));
      case Annotations.WAIT -> event.waited += Math.max(0, GoDuration.parse(value).orElse(0));
      case Annotations.HELD -> {
        OptionalLong held = GoDuration.parse(value);
        event.held =
            held.isEmpty() ? AuditEvent.UNKNOWN : Math.max(NANOS_PER_MICRO, held.getAsLong());
      }
      case Annotations.LEVEL -> event.placed = true;
      case Annotations.REFUSED -> event.refused = value;
      case Annotations.WATCHERS -> event.watchers = number(value);
      case Annotations.LEARNED_BYTES -> event.learnedBytes = number(value);
      case Annotations.OBJECTS -> objects(value, event);
      default -> {}
    }
  }

  private static void objects(String value, AuditEvent event) {
    int slash = value.indexOf('/');
    if (slash > 0) {
      long bytes = number(value.substring(slash + 1));
      event.objects = bytes == AuditEvent.UNKNOWN ? bytes : number(value.substring(0, slash));
      event.objectBytes = Math.max(0, bytes);
    }
  }

  /** Not negative. */
  private static long number(String value) {
    return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : AuditEvent.UNKNOWN;
  }
}
