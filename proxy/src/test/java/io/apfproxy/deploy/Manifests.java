package io.apfproxy.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The objects of {@code kubectl apply -k deploy}. */
public final class Manifests {
  /** Tests run in the folder of their module. */
  public static final Path FOLDER = Path.of("..", "deploy").toAbsolutePath().normalize();

  private Manifests() {}

  /** In the order of the kustomization. */
  public static List<JsonNode> objects() {
    return resources()
        .flatMap(file -> Yaml.documents(read(FOLDER.resolve(file))).stream())
        .toList();
  }

  /** The files that the kustomization names. */
  static Stream<String> resources() {
    JsonNode kustomization = Yaml.documents(read(FOLDER.resolve("kustomization.yaml"))).get(0);
    return StreamSupport.stream(kustomization.path("resources").spliterator(), false)
        .map(JsonNode::asText);
  }

  /** Arguments of the proxy's container. */
  public static List<String> arguments(List<JsonNode> objects) {
    JsonNode pod = Yaml.named(objects, "Deployment apf-proxy").at("/spec/template/spec");
    return StreamSupport.stream(pod.at("/containers/0/args").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
