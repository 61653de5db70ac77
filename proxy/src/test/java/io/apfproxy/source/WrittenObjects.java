package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * Manifests as people write them, and whether {@code kubectl create --dry-run=server} takes them:
 * recorded with kube-apiserver 1.37 and our custom resource definitions.
 */
public final class WrittenObjects {
  /** Names of cases, without the kind of API, that are meant to be another way here, and why. */
  static final Map<String, String> MEANT =
      Map.of(
          "f-dup-meta", "kubectl drops the first of two; a file that says two things is a mistake",
          "f-dup-name", "as above",
          "f-dup-null", "as above",
          "f-dup-top", "as above",
          "f-meta-dup2", "as above",
          "p-spec-dup", "as above",
          "f-gen", "nobody gives an object in a file its name",
          "l-empty", "kubectl asks for an object; a file may hold none");

  private WrittenObjects() {}

  /**
   * @param name begins with {@code n} for the native kinds, {@code c} for ours
   */
  public record Case(String name, String yaml, boolean taken) {
    boolean isMeant() {
      return MEANT.containsKey(name.substring(2));
    }
  }

  /** All that were recorded. */
  public static List<Case> load() throws IOException {
    List<Case> cases = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        WrittenObjects.class.getResourceAsStream(
                            "/source/written-objects.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode read = json.readTree(line);
        cases.add(
            new Case(
                read.get("name").textValue(),
                read.get("yaml").textValue(),
                read.get("taken").booleanValue()));
      }
    }
    return cases;
  }
}
