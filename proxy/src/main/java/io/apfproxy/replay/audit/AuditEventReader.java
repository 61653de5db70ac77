package io.apfproxy.replay.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.apfproxy.recorded.Annotations;
import io.apfproxy.request.GoDuration;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads events of {@code audit.k8s.io/v1}, token by token: what a replay does not need is passed
 * over without being kept. Not thread-safe. Source: specification seeing.md V-46.
 */
final class AuditEventReader {
  /*
   * Objects in events are what a client sent: a patch stands there as it came, as deep as kube-apiserver
   * reads any, and with names and numbers as long as it likes. They are passed over.
   */
  private static final int DEEPEST = 11_000;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();
  private static final String API_VERSION = "audit.k8s.io/v1";
  private static final String EVENT = "Event";
  private static final String EVENT_LIST = "EventList";
  private static final String QUEUE_WAIT = "apiserver.latency.k8s.io/apf-queue-wait";
  private static final String AUTHORIZATION = "authorization.k8s.io/";

  private final AuditEvent event = new AuditEvent();
  private final Sink sink;
  private @Nullable BadLine wrong; // the first thing in this event, which is read to its end

  /** Is told of each event, which is good only during the call. */
  interface Sink {
    void event(AuditEvent event) throws IOException;

    /** One of a list is no event. */
    void bad(BadLine why);
  }

  AuditEventReader(Sink sink) {
    this.sink = sink;
  }

  /**
   * Reads one line: an event, or a list of them.
   *
   * @throws BadLine if it is neither; of a list that breaks off, those before have been told
   */
  void readLine(byte[] bytes, int length) throws BadLine, IOException {
    try (JsonParser json = JSON.createParser(bytes, 0, length)) {
      boolean list = read(json, json.nextToken());
      if (json.nextToken() != null) {
        throw new BadLine("found something behind the event, expected one a line");
      }
      if (!list) {
        tell();
      }
    } catch (JsonProcessingException e) {
      throw new BadLine("no JSON: " + reason(e));
    }
  }

  /** Reads a whole file of events or lists, each on however many lines. */
  void readDocument(InputStream bytes) throws BadLine, IOException {
    try (JsonParser json = JSON.createParser(bytes)) {
      for (JsonToken first = json.nextToken(); first != null; first = json.nextToken()) {
        if (!read(json, first)) {
          tellOrNote();
        }
      }
    } catch (JsonProcessingException e) {
      throw new BadLine("no JSON: " + reason(e));
    }
  }

  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("it breaks off");
  }

  /**
   * @return whether it was a list, all of which has been told
   */
  private boolean read(JsonParser json, @Nullable JsonToken first) throws IOException, BadLine {
    if (first != JsonToken.START_OBJECT) {
      throw new BadLine("found " + first + ", expected an event, a JSON object");
    }
    return readObject(json);
  }

  private void tellOrNote() throws IOException {
    try {
      tell();
    } catch (BadLine e) {
      sink.bad(e);
    }
  }

  private void tell() throws BadLine, IOException {
    check();
    sink.event(event);
  }

  private void check() throws BadLine {
    if (wrong != null) {
      throw wrong;
    }
    if (!event.kind.equals(EVENT) || !event.apiVersion.equals(API_VERSION)) {
      throw BadLine.of(
          "kind",
          '"' + event.kind + "\" of \"" + event.apiVersion + '"',
          "Event of audit.k8s.io/v1");
    }
    needed("stage", event.stage);
    needed("verb", event.hasVerb ? "a verb" : "");
    needed("requestURI", event.requestUri);
    if (event.received == AuditEvent.UNKNOWN) {
      throw BadLine.of("requestReceivedTimestamp", "nothing", "an instant");
    }
    if (event.staged == AuditEvent.UNKNOWN) {
      throw BadLine.of("stageTimestamp", "nothing", "an instant");
    }
  }

  private static void needed(String field, String found) throws BadLine {
    if (found.isEmpty()) {
      throw BadLine.of(field, "nothing", "a text");
    }
  }

  /**
   * @return whether it was a list, all of which has been told
   */
  private boolean readObject(JsonParser json) throws IOException, BadLine {
    clear();
    boolean list = false;
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      json.nextToken();
      if (field.equals("items") && json.currentToken() == JsonToken.START_ARRAY) {
        list = true;
        readItems(json);
      } else {
        readField(json, field);
      }
    }
    if (json.currentToken() != JsonToken.END_OBJECT) {
      throw new BadLine("no JSON: the object breaks off");
    }
    return list || event.kind.equals(EVENT_LIST);
  }

  private void readItems(JsonParser json) throws IOException, BadLine {
    while (json.nextToken() == JsonToken.START_OBJECT) {
      readItem(json);
    }
    clear(); // the rest of the list is none
    if (json.currentToken() != JsonToken.END_ARRAY) {
      throw new BadLine("items: found " + json.currentToken() + ", expected events");
    }
  }

  private void clear() {
    event.clear();
    wrong = null;
  }

  /** Elements of a list need not say what they are. */
  private void readItem(JsonParser json) throws IOException {
    clear();
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      json.nextToken();
      readField(json, field);
    }
    event.kind = event.kind.isEmpty() ? EVENT : event.kind;
    event.apiVersion = event.apiVersion.isEmpty() ? API_VERSION : event.apiVersion;
    tellOrNote();
  }

  private void readField(JsonParser json, String field) throws IOException {
    switch (field) {
      case "kind" -> event.kind = text(json, field);
      case "apiVersion" -> event.apiVersion = text(json, field);
      case "stage" -> event.stage = text(json, field);
      case "auditID" -> event.auditId = text(json, field);
      case "verb" -> verb(json, field);
      case "requestURI" -> event.requestUri = text(json, field);
      case "userAgent" -> event.agent = text(json, field);
      case "requestReceivedTimestamp" -> event.received = instant(json, field);
      case "stageTimestamp" -> event.staged = instant(json, field);
      case "user" -> user(json, event.user);
      case "impersonatedUser" -> user(json, event.impersonated);
      case "responseStatus" -> status(json);
      case "annotations" -> annotations(json);
      default -> json.skipChildren();
    }
  }

  private void note(BadLine found) {
    wrong = wrong == null ? found : wrong;
  }

  private String text(JsonParser json, String field) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    if (json.currentToken() != JsonToken.VALUE_NULL) {
      note(BadLine.of(field, String.valueOf(json.currentToken()), "a text"));
      json.skipChildren();
    }
    return "";
  }

  /** Of a method that asks nothing of a resource, such as OPTIONS, it is there and empty. */
  private void verb(JsonParser json, String field) throws IOException {
    event.hasVerb |= json.currentToken() == JsonToken.VALUE_STRING;
    event.verb = text(json, field);
  }

  private long instant(JsonParser json, String field) throws IOException {
    try {
      return MicroTime.parse(field, text(json, field));
    } catch (BadLine e) {
      note(e);
      return AuditEvent.UNKNOWN;
    }
  }

  /** Whether an object follows, into which the parser has stepped. */
  private static boolean entered(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      return true;
    }
    json.skipChildren();
    return false;
  }

  private void user(JsonParser json, AuditEvent.Somebody user) throws IOException {
    if (!entered(json)) {
      return;
    }
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      json.nextToken();
      switch (field) {
        case "username" -> user.name = text(json, "user.username");
        case "uid" -> user.uid = text(json, "user.uid");
        case "groups" -> groups(json, user.groups);
        default -> json.skipChildren();
      }
    }
  }

  private static void groups(JsonParser json, List<String> groups) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY && json.currentToken() != null) {
      if (json.currentToken() == JsonToken.VALUE_STRING) {
        groups.add(json.getText());
      } else {
        json.skipChildren();
      }
    }
  }

  private void status(JsonParser json) throws IOException {
    if (!entered(json)) {
      return;
    }
    for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
      if (json.nextToken() == JsonToken.VALUE_NUMBER_INT && field.equals("code")) {
        event.code = json.getIntValue();
      } else {
        json.skipChildren();
      }
    }
  }

  private void annotations(JsonParser json) throws IOException {
    if (!entered(json)) {
      return;
    }
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      if (json.nextToken() != JsonToken.VALUE_STRING) {
        json.skipChildren();
      } else if (name.startsWith(AUTHORIZATION)) {
        event.authorized = true;
      } else if (name.equals(QUEUE_WAIT)) {
        event.waited += Math.max(0, GoDuration.parse(json.getText()).orElse(0));
      } else if (name.startsWith(Annotations.PREFIX)) {
        RecordedFacts.read(name, json.getText(), event);
      }
    }
  }
}
