package io.apfproxy.app.warm;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as clients of kube-apiserver send it.
 *
 * @param fields of its head, beside what its client always sends
 * @param body null for none
 */
record Question(
    HttpMethod method, String target, Map<String, String> fields, @Nullable Buffer body) {
  private static final String OBJECTS = "/api/v1/namespaces/warm/configmaps";
  private static final String JSON = "application/json";
  private static final int LARGE_HEAD = 32 << 10;
  private static final int CHANGE = 1 << 10;

  /*
   * In the share that clients of a cluster have: mostly small reads and writes, some lists and
   * watches, few of the rest. What a branch never saw here, the compiler takes for impossible, and
   * the first such request makes it throw its work away; so there is one of each kind.
   */
  /** One after the other, again and again. */
  static List<Question> deck() {
    List<Question> deck = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      deck.add(get(OBJECTS + "/one"));
      deck.add(get(OBJECTS + "/one"));
      deck.add(get("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-" + i));
      deck.add(change(HttpMethod.PUT, "/api/v1/nodes/node-" + i + "/status", JSON));
      deck.add(get(OBJECTS + "/one?timeout=30s"));
      deck.add(get("/api/v1/namespaces/warm/pods?limit=500&resourceVersion=0"));
      deck.add(get(OBJECTS + "/one"));
      deck.add(change(HttpMethod.PATCH, OBJECTS + "/one", "application/merge-patch+json"));
    }
    deck.add(change(HttpMethod.POST, OBJECTS, JSON));
    deck.add(new Question(HttpMethod.DELETE, OBJECTS + "/one", Map.of(), null));
    deck.add(get(OBJECTS + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=300"));
    deck.add(
        get("/api/v1/pods?labelSelector=app%20in%20(a,b)&fieldSelector=spec.nodeName%3Dnode-1"));
    deck.add(get("/api/v1/secrets?limit=500")); // a large list
    deck.add(get("/apis/apps/v1/deployments").with("accept-encoding", "gzip"));
    deck.add(get("/api/v1/services").with("accept", "application/vnd.kubernetes.protobuf"));
    deck.add(get("/version"));
    deck.add(get("/apis?timeout=32s"));
    deck.add(get(OBJECTS + "/missing"));
    deck.add(get(OBJECTS + "/one?timeout=soon")); // refused: no duration
    deck.add(get(OBJECTS + "/one").with("authorization", "Bearer unknown")); // refused
    deck.add(get(OBJECTS + "/one").with("impersonate-user", "bob"));
    deck.add(get(OBJECTS + "/one").with("x-large", "Large+Head/".repeat(LARGE_HEAD / 11)));
    return deck;
  }

  static Question get(String target) {
    return new Question(HttpMethod.GET, target, Map.of(), null);
  }

  private static Question change(HttpMethod method, String target, String type) {
    Buffer body = Buffer.buffer("{\"data\":{\"text\":\"" + "x".repeat(CHANGE) + "\"}}");
    return new Question(method, target, Map.of("content-type", type), body);
  }

  private Question with(String name, String value) {
    return new Question(method, target, Map.of(name, value), body);
  }

  /**
   * As the library sends it.
   *
   * @param always fields that the client sends with every request
   */
  RequestOptions options(Map<String, String> always) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add("user-agent", "kubectl/v1.37.0 (linux/amd64) kubernetes/warm-up");
    headers.add("accept", "application/json, */*");
    always.forEach(headers::set);
    fields.forEach(headers::set);
    return new RequestOptions().setMethod(method).setURI(target).setHeaders(headers);
  }
}
