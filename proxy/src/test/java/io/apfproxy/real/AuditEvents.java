package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What kube-apiserver wrote down about requests, by audit id. */
final class AuditEvents {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One request as the server saw it. Names are empty where it saw none.
   *
   * @param uri the target of the request line
   * @param user who it was done as, after impersonation, with groups and uid
   * @param object resource, subresource, group, version, namespace and name
   */
  record Event(String uri, String verb, String user, Map<String, String> object) {
    /** Whether the server refused it before it asked who sent it. */
    boolean isOfNobody() {
      return user.equals(NOBODY);
    }
  }

  private static final String NOBODY = " [] ";

  private final Map<String, Event> byId;

  private AuditEvents(Map<String, Event> byId) {
    this.byId = byId;
  }

  /** All so far. */
  static AuditEvents read(ControlPlane cluster) {
    Map<String, Event> byId = new HashMap<>();
    for (String line : cluster.auditLog()) {
      try {
        JsonNode event = JSON.readTree(line);
        // a long-running request is told of twice, alike
        byId.put(event.get("auditID").asText(), event(event));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new AuditEvents(byId);
  }

  /** Null if the server wrote nothing. */
  Event get(String auditId) {
    return byId.get(auditId);
  }

  private static Event event(JsonNode event) {
    JsonNode user =
        event.has("impersonatedUser") ? event.get("impersonatedUser") : event.get("user");
    List<String> groups = new ArrayList<>();
    user.path("groups").forEach(group -> groups.add(group.asText()));
    groups.sort(null);
    Map<String, String> object = new HashMap<>();
    for (String field :
        List.of("resource", "subresource", "apiGroup", "apiVersion", "namespace", "name")) {
      object.put(field, event.path("objectRef").path(field).asText(""));
    }
    return new Event(
        event.get("requestURI").asText(),
        event.get("verb").asText(),
        user.path("username").asText("") + " " + groups + " " + user.path("uid").asText(""),
        object);
  }
}
