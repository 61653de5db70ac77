package io.apfproxy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.apiserver.Capacity;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The embedded API server of the demo: its users, its data, its capacity. */
final class DemoCluster {
  static final String NAMESPACE = "warehouse";
  static final String ELEPHANT = "system:serviceaccount:warehouse:reporter";
  static final String VISITOR = "visitor";

  /** Requests the server works on at once; the proxy gets as many seats. */
  static final int WORKERS = 16;

  private static final int OBJECTS = 500;
  private static final int OBJECT_BYTES = 2000;

  private DemoCluster() {}

  static EmbeddedApiServer start(Path folder) {
    EmbeddedApiServer server =
        EmbeddedApiServer.builder(folder)
            .user(ELEPHANT, "system:serviceaccounts", "system:serviceaccounts:warehouse")
            .user(
                "system:serviceaccount:shop:checkout",
                "system:serviceaccounts",
                "system:serviceaccounts:shop")
            .user("system:node:n1", "system:nodes")
            .user("system:kube-controller-manager")
            .user("alice")
            .user(VISITOR)
            .allow("system:authenticated", "*", "*")
            .capacity(
                new Capacity(
                    WORKERS, Duration.ofMillis(4), Duration.ofMillis(100), Duration.ofMillis(300)))
            .start();
    server.create(objects());
    return server;
  }

  private static List<ObjectNode> objects() {
    List<ObjectNode> objects = new ArrayList<>();
    objects.add(object("v1", "Namespace", "", NAMESPACE));
    objects.add(object("v1", "Namespace", "", "shop"));
    objects.add(object("coordination.k8s.io/v1", "Lease", "kube-node-lease", "n1"));
    objects.add(
        object("coordination.k8s.io/v1", "Lease", "kube-system", "kube-controller-manager"));
    objects.add(configMap("shop", "prices", "small"));
    String filling = "0123456789".repeat(OBJECT_BYTES / 10);
    for (int i = 0; i < OBJECTS; i++) {
      objects.add(configMap(NAMESPACE, String.format("item-%04d", i), filling));
    }
    return objects;
  }

  private static ObjectNode configMap(String namespace, String name, String text) {
    ObjectNode configMap = object("v1", "ConfigMap", namespace, name);
    configMap.putObject("data").put("text", text);
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
