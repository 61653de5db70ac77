package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.raw.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server says of somebody.
 *
 * @param told name, uid, groups and extra; the refusal if there was one
 * @param original whether the request was known to have been asked by somebody else
 */
record Whoami(int status, JsonNode told, boolean original) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORIGINAL = "original-user-info.apf-proxy.io";

  private static final String WHO_AM_I =
      "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\"}";

  /** Lets each of them ask. */
  static Map<String, Whoami> askAll(Callers callers, Map<String, Callers.Credential> credentials)
      throws IOException {
    Map<String, Whoami> answers = new LinkedHashMap<>();
    for (String caller : credentials.keySet()) {
      WireResponse response =
          callers.send(
              new Probe(
                  0,
                  caller,
                  "POST",
                  "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                  List.of("Content-Type: application/json", "Accept: application/json"),
                  WHO_AM_I));
      byte[] body = response.body().getBytes(StandardCharsets.ISO_8859_1);
      JsonNode told = JSON.readTree(body);
      if (told.path("status").isObject()) {
        told = told.get("status").get("userInfo");
      }
      if (told.path("message").asText().contains(" cannot impersonate")) {
        told = told.get("message"); // the proxy gives no details
      }
      answers.put(caller, new Whoami(response.status(), told, removeOriginal(told)));
    }
    return answers;
  }

  private static boolean removeOriginal(JsonNode user) {
    if (!(user.path("extra") instanceof ObjectNode extra) || extra.remove(ORIGINAL) == null) {
      return false;
    }
    if (extra.isEmpty()) {
      ((ObjectNode) user).remove("extra");
    }
    return true;
  }
}
