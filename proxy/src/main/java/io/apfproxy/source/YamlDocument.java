package io.apfproxy.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One YAML document as a JSON tree that remembers its lines. JSON is YAML, too.
 *
 * @param lines line of each field, counted from 1, by its path as in {@code
 *     spec.rules[0].subjects}; that of the document by the empty path
 */
public record YamlDocument(JsonNode tree, Map<String, Integer> lines) {
  /*
   * SnakeYAML's node tree is read, not Jackson's tokens: it resolves aliases, and knows the lines. Both an alias that leads into
   * itself and one that unfolds into too much end at a bound.
   */
  private static final int MOST_CHARACTERS = 3 << 20;
  private static final int MOST_NODES = 500_000;
  private static final int DEEPEST = 50;

  /** The text is no YAML. */
  public static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;

    Malformed(int line, String message) {
      super(message);
      this.line = line;
    }

    /** Where, counted from 1. */
    public int line() {
      return line;
    }
  }

  /** The documents of a text that hold something. */
  public static List<YamlDocument> parse(String text) throws Malformed {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MOST_CHARACTERS);
    options.setNestingDepthLimit(DEEPEST);
    List<YamlDocument> documents = new ArrayList<>();
    try {
      for (Node root : new Yaml(options).composeAll(new java.io.StringReader(text))) {
        Converter converter = new Converter(options);
        JsonNode tree = converter.convert(root, "", 0);
        if (!tree.isNull()) {
          documents.add(new YamlDocument(tree, converter.lines));
        }
      }
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new Malformed(line, "no YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new Malformed(1, "no YAML: " + String.valueOf(e.getMessage()).strip());
    }
    return documents;
  }

  /** Line of a field, or of the nearest field around it that is there. */
  public int line(String path) {
    for (String at = path; !at.isEmpty(); at = at.substring(0, parentEnd(at))) {
      Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
    }
    return lines.getOrDefault("", 1);
  }

  private static int parentEnd(String path) {
    return Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('[')));
  }

  /** The elements of a list in this document, each as a document of its own. */
  List<YamlDocument> elements(String list) {
    List<YamlDocument> elements = new ArrayList<>();
    tree.path(list).forEach(element -> elements.add(new YamlDocument(element, new HashMap<>())));
    Pattern within =
        Pattern.compile(Pattern.quote(list) + "\\[(\\d{1,9})](?:\\.(.*))?", Pattern.DOTALL);
    lines.forEach( // once for all: there may be as many elements as there are lines
        (path, line) -> {
          Matcher matcher = within.matcher(path);
          int index = matcher.matches() ? Integer.parseInt(matcher.group(1)) : elements.size();
          if (index < elements.size()) {
            String inside = matcher.group(2);
            elements.get(index).lines().put(inside == null ? "" : inside, line);
          }
        });
    return elements;
  }

  private static final class Converter extends SafeConstructor {
    private final Map<String, Integer> lines = new HashMap<>();
    private int nodes;

    Converter(LoaderOptions options) {
      super(options);
    }

    JsonNode convert(Node node, String path, int depth) throws Malformed {
      int line = node.getStartMark().getLine() + 1;
      lines.putIfAbsent(path, line);
      if (depth > DEEPEST || ++nodes > MOST_NODES) {
        throw new Malformed(line, "aliases unfold into too much");
      }
      if (node instanceof MappingNode mapping) {
        return convert(mapping, path, depth);
      }
      if (node instanceof SequenceNode sequence) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Node element : sequence.getValue()) {
          array.add(convert(element, path + "[" + array.size() + "]", depth + 1));
        }
        return array;
      }
      return scalar((ScalarNode) node, line);
    }

    private ObjectNode convert(MappingNode mapping, String path, int depth) throws Malformed {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      if (mapping.isMerged()) {
        flattenMapping(mapping); // what << names
      }
      for (NodeTuple entry : mapping.getValue()) {
        int line = entry.getKeyNode().getStartMark().getLine() + 1;
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
          throw new Malformed(line, "a key must be a string");
        }
        String name = key.getValue();
        if (object.has(name)) {
          throw new Malformed(line, "found the key \"" + name + "\" a second time");
        }
        String at = path.isEmpty() ? name : path + "." + name;
        lines.putIfAbsent(at, line);
        object.set(name, convert(entry.getValueNode(), at, depth + 1));
      }
      return object;
    }

    /** Where kubectl's parser of YAML reads plain text in another way than SnakeYAML; else null. */
    private static @Nullable JsonNode asKubectlDoes(String plain) {
      JsonNodeFactory json = JsonNodeFactory.instance;
      if (plain.equals("y") || plain.equals("Y")) {
        return json.booleanNode(true);
      }
      if (plain.equals("n") || plain.equals("N")) {
        return json.booleanNode(false);
      }
      if (plain.indexOf(':') >= 0) {
        return json.textNode(plain); // 1:30 is no number
      }
      if (plain.startsWith("0o") && plain.length() <= 12 && !plain.startsWith("0o+")) {
        try {
          return json.numberNode(Long.parseUnsignedLong(plain.substring(2), 8));
        } catch (NumberFormatException e) {
          return null;
        }
      }
      return null;
    }

    private JsonNode scalar(ScalarNode node, int line) throws Malformed {
      JsonNodeFactory json = JsonNodeFactory.instance;
      if (node.isPlain()) {
        JsonNode read = asKubectlDoes(node.getValue());
        if (read != null) {
          return read;
        }
      }
      Tag tag = node.getTag();
      if (!tag.equals(Tag.NULL)
          && !tag.equals(Tag.BOOL)
          && !tag.equals(Tag.INT)
          && !tag.equals(Tag.FLOAT)) {
        return json.textNode(node.getValue());
      }
      Object value;
      try {
        value = getConstructor(node).construct(node);
      } catch (YAMLException | NumberFormatException e) {
        throw new Malformed(line, "found \"" + node.getValue() + "\", expected a number");
      }
      if (value instanceof Boolean bool) {
        return json.booleanNode(bool);
      }
      if (value instanceof Integer || value instanceof Long) {
        return json.numberNode(((Number) value).longValue());
      }
      if (value instanceof BigInteger big) {
        return json.numberNode(big);
      }
      return value instanceof Double number ? json.numberNode(number) : json.nullNode();
    }
  }
}
