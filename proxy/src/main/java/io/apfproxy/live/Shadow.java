package io.apfproxy.live;

import com.fasterxml.jackson.core.JsonGenerator;
import io.apfproxy.flowcontrol.RejectReason;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;

/**
 * What happened at a level that holds not everybody to its decisions, where the figures of the
 * level itself are of what it decided for all; and what would have become of those it let go on.
 * Source: specification seeing.md V-38, V-70.
 *
 * @param held seats that requests really hold
 * @param waiting requests that really wait
 * @param wouldHold seats that those in shadow would hold
 * @param wouldWait requests that would wait
 * @param refused that would have been in the last second, in the order of {@code RejectReason}
 * @param waited bound on the 99th percentile of how long those of ten seconds would have waited, in
 *     seconds; NaN without any
 */
record Shadow(
    int held, int waiting, int wouldHold, int wouldWait, List<Long> refused, double waited) {
  Shadow {
    refused = List.copyOf(refused);
  }

  /** As an array: the figures in their order, those of refusals one by one. */
  void row(JsonGenerator json) throws IOException {
    json.writeStartArray();
    json.writeNumber(held);
    json.writeNumber(waiting);
    json.writeNumber(wouldHold);
    json.writeNumber(wouldWait);
    for (long number : refused) {
      json.writeNumber(number);
    }
    Json.number(json, LevelsJson.wait(waited));
    json.writeEndArray();
  }

  /** As an object. */
  void object(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("heldSeats", held);
    json.writeNumberField("waiting", waiting);
    json.writeNumberField("wouldHoldSeats", wouldHold);
    json.writeNumberField("wouldWait", wouldWait);
    json.writeObjectFieldStart("wouldRefuse");
    Iterator<Long> numbers = refused.iterator();
    for (RejectReason reason : RejectReason.values()) {
      json.writeNumberField(reason.label(), numbers.next());
    }
    json.writeEndObject();
    Json.number(json, "wouldWaitSeconds", LevelsJson.wait(waited));
    json.writeEndObject();
  }
}
