package io.apfproxy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.apiserver.Capacity;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.load.LoadRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The embedded API server of the demo: its users, its data, its capacity. */
final class DemoCluster {
  static final String ELEPHANT = "system:serviceaccount:warehouse:reporter";
  static final String VISITOR = "visitor";

  private static final String WAREHOUSE = "/api/v1/namespaces/warehouse/configmaps";

  static final int OBJECTS = 150;

  /** Lists of one length, begun together, would for ever end together. */
  private static final int[] PAGES = {150, 80, 130, 100, 60, 140, 90, 120, 70, 110};

  /** Requests the server works on at once; the proxy gets as many seats. */
  static final int WORKERS = 16;

  private static final String CHECKOUT = "system:serviceaccount:shop:checkout";
  private static final String NODE = "system:node:n1";
  private static final String CONTROLLERS = "system:kube-controller-manager";
  private static final String PERSON = "alice";

  private DemoCluster() {}

  /** A list of all holds a worker for 200 ms, everything else for a few. */
  static EmbeddedApiServer start(Path folder) {
    EmbeddedApiServer server =
        EmbeddedApiServer.builder(folder)
            .user(ELEPHANT, "system:serviceaccounts", "system:serviceaccounts:warehouse")
            .user(CHECKOUT, "system:serviceaccounts", "system:serviceaccounts:shop")
            .user(NODE, "system:nodes")
            .user(CONTROLLERS)
            .user(PERSON)
            .user(VISITOR)
            .allow("system:authenticated", "*", "*")
            .capacity(
                new Capacity(WORKERS, Duration.ofMillis(5), Duration.ofMillis(1300), Duration.ZERO))
            .start();
    server.create(objects());
    return server;
  }

  /** What the elephant lists: pages of all lengths. */
  static Supplier<LoadRequest> lists() {
    List<Supplier<LoadRequest>> pages =
        Arrays.stream(PAGES)
            .mapToObj(objects -> LoadRequest.get(WAREHOUSE + "?limit=" + objects))
            .toList();
    AtomicInteger next = new AtomicInteger();
    return () -> pages.get(Math.floorMod(next.getAndIncrement(), PAGES.length)).get();
  }

  /** Small requests by user, in four priority levels. */
  static Map<String, Supplier<LoadRequest>> mice() {
    Supplier<LoadRequest> read = LoadRequest.get("/api/v1/namespaces/shop/configmaps/prices");
    return Map.of(
        CHECKOUT,
        read,
        PERSON,
        read,
        NODE,
        LoadRequest.renewLease("kube-node-lease", "n1"),
        CONTROLLERS,
        LoadRequest.renewLease("kube-system", "kube-controller-manager"));
  }

  private static List<ObjectNode> objects() {
    List<ObjectNode> objects = new ArrayList<>();
    objects.add(object("v1", "Namespace", "", "warehouse"));
    objects.add(object("v1", "Namespace", "", "shop"));
    objects.add(object("coordination.k8s.io/v1", "Lease", "kube-node-lease", "n1"));
    objects.add(
        object("coordination.k8s.io/v1", "Lease", "kube-system", "kube-controller-manager"));
    objects.add(configMap("shop", "prices"));
    for (int i = 0; i < OBJECTS; i++) {
      objects.add(configMap("warehouse", String.format("item-%04d", i)));
    }
    return objects;
  }

  private static ObjectNode configMap(String namespace, String name) {
    ObjectNode configMap = object("v1", "ConfigMap", namespace, name);
    configMap.putObject("data").put("price", "42");
    return configMap;
  }

  private static ObjectNode object(String apiVersion, String kind, String namespace, String name) {
    ObjectNode object =
        JsonNodeFactory.instance.objectNode().put("apiVersion", apiVersion).put("kind", kind);
    ObjectNode meta = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    return object;
  }
}
