package io.apfproxy.replay.audit;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Lines of audit logs, as kube-apiserver writes them at level Metadata. */
public final class Events {
  static final Instant START = Instant.parse("2026-11-28T10:00:00Z");

  private String stage = "ResponseComplete";
  private String auditId = "id";
  private String verb = "get";
  private String uri = "/api/v1/namespaces/a/pods/b";
  private String user = "alice";
  private String groups = "\"system:authenticated\"";
  private String impersonated = "";
  private String more = "";
  private String annotations = "\"authorization.k8s.io/decision\":\"allow\"";
  private int code = 200;
  private long arrivalMicros;
  private long tookMicros = 1_000;

  private Events() {}

  public static Events event(String auditId) {
    Events event = new Events();
    event.auditId = auditId;
    return event;
  }

  Events stage(String its) {
    stage = its;
    return this;
  }

  public Events asks(String itsVerb, String itsUri) {
    verb = itsVerb;
    uri = itsUri;
    return this;
  }

  public Events by(String itsUser, String... itsGroups) {
    user = itsUser;
    groups = "\"" + String.join("\",\"", itsGroups) + "\"";
    return this;
  }

  public Events as(String other) {
    impersonated =
        ",\"impersonatedUser\":{\"username\":\""
            + other
            + "\",\"groups\":[\"system:authenticated\"]}";
    return this;
  }

  Events code(int its) {
    code = its;
    return this;
  }

  public Events at(double seconds) {
    arrivalMicros = Math.round(seconds * 1e6);
    return this;
  }

  public Events took(double seconds) {
    tookMicros = Math.round(seconds * 1e6);
    return this;
  }

  Events annotations(String json) {
    annotations = json;
    return this;
  }

  /** Fields that no replay needs, such as whole objects. */
  Events with(String json) {
    more = "," + json;
    return this;
  }

  private static String time(long micros) {
    Instant instant = START.plus(micros, ChronoUnit.MICROS);
    return String.format(
        Locale.ROOT,
        "%s.%06dZ",
        instant.truncatedTo(ChronoUnit.SECONDS).toString().replace("Z", ""),
        Math.floorMod(micros, 1_000_000L));
  }

  /** The event without a line's end. */
  String line() {
    return "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Metadata\",\"auditID\":\""
        + auditId
        + "\",\"stage\":\""
        + stage
        + "\",\"requestURI\":\""
        + uri
        + "\",\"verb\":\""
        + verb
        + "\",\"user\":{\"username\":\""
        + user
        + "\",\"groups\":["
        + groups
        + "],\"extra\":{\"x\":[\"y\"]}}"
        + impersonated
        + ",\"sourceIPs\":[\"192.0.2.1\"],\"userAgent\":\"kubectl/v1.35.0\",\"objectRef\":{\"resource\":\"pods\"}"
        + more
        + ",\"responseStatus\":{\"metadata\":{},\"code\":"
        + code
        + "},\"requestReceivedTimestamp\":\""
        + time(arrivalMicros)
        + "\",\"stageTimestamp\":\""
        + time(arrivalMicros + tookMicros)
        + "\",\"annotations\":{"
        + annotations
        + "}}";
  }

  @Override
  public String toString() {
    return line() + "\n";
  }
}
