package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one text of YAML documents says of flow control.
 *
 * @param objects valid or not, each with its place {@code file:line}; of two with the same kind and
 *     name the first
 * @param findings everything that is wrong, by line
 * @param notices what was converted
 * @param readable false if the text is no YAML, so that what it was meant to hold is unknown
 */
public record Manifest(
    List<SourceObject> objects, List<Finding> findings, List<Finding> notices, boolean readable) {
  private static final String LIST = "List";

  public Manifest {
    objects = List.copyOf(objects);
    findings = findings.stream().sorted(Comparator.comparingInt(Finding::line)).toList();
    notices = List.copyOf(notices);
  }

  /**
   * Reads a text.
   *
   * @param file its name, for people
   */
  public static Manifest parse(String file, String text) {
    Builder builder = new Builder(file);
    try {
      YamlDocument.parse(text).forEach(builder::add);
    } catch (YamlDocument.Malformed e) {
      Finding finding = new Finding(file, e.line(), "", String.valueOf(e.getMessage()));
      return new Manifest(List.of(), List.of(finding), List.of(), false);
    }
    return new Manifest(builder.objects, builder.findings, builder.notices, true);
  }

  private static final class Builder {
    final String file;
    final List<SourceObject> objects = new ArrayList<>();
    final List<Finding> findings = new ArrayList<>();
    final List<Finding> notices = new ArrayList<>();
    final Map<ObjectKey, String> places = new HashMap<>();

    Builder(String file) {
      this.file = file;
    }

    void add(YamlDocument document) {
      JsonNode tree = document.tree();
      String kind = tree.path("kind").asText();
      if (kind.endsWith(LIST) && tree.path("items").isArray()) {
        String elementKind = kind.substring(0, kind.length() - LIST.length());
        for (YamlDocument element : document.elements("items")) {
          // the elements of a list of one kind may leave version and kind to it
          if (!elementKind.isEmpty() && element.tree() instanceof ObjectNode object) {
            object.putIfAbsent("apiVersion", tree.path("apiVersion"));
            object.put("kind", object.path("kind").asText(elementKind));
          }
          addObject(element);
        }
      } else {
        addObject(document);
      }
    }

    private void addObject(YamlDocument document) {
      int line = document.line("");
      ObjectDecoder.Decoded decoded = ObjectDecoder.written(document.tree(), file + ":" + line);
      if (decoded.object().isEmpty()) {
        findings.add(new Finding(file, line, "", decoded.refusal()));
        return;
      }
      SourceObject object = decoded.object().get();
      decoded.notices().forEach(notice -> notices.add(new Finding(file, line, "", notice)));
      for (FieldError error : object.errors()) {
        findings.add(
            new Finding(file, document.line(error.field()), error.field(), error.detail()));
      }
      String before = places.putIfAbsent(object.key(), object.place());
      if (before == null) {
        objects.add(object);
      } else {
        findings.add(
            new Finding(
                file,
                document.line("metadata.name"),
                "metadata.name",
                object.key() + " stands at " + before + " already"));
      }
    }
  }

  /** Names of files that hold objects. */
  public static boolean isManifest(String fileName) {
    return !fileName.startsWith(".")
        && Arrays.asList(".yaml", ".yml", ".json").stream().anyMatch(fileName::endsWith);
  }
}
