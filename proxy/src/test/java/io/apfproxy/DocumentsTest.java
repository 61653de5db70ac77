package io.apfproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages for people name what there is: flags, metrics, classes, files. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..");

  /** Its words of others are not to vouch for themselves. */
  private static final String OWN = "DocumentsTest.java";

  private static final Set<String> UNREAD = Set.of(".git", "target", "node_modules");
  private static final Pattern QUOTED = Pattern.compile("`([^`\n]+)`");
  private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]+");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:apf_proxy|apiserver_flowcontrol)_\\w+");
  private static final Pattern SERIES = Pattern.compile("_(?:bucket|sum|count)$");

  /** One word alone is seldom a class. */
  private static final Pattern CLASS =
      Pattern.compile(
          "(?=(?:[a-z]\\w*\\.)+[A-Z]|(?:[A-Z][a-z0-9]+){2,})"
              + "(?:[a-z]\\w*\\.)*([A-Z]\\w+)(?:[.#]([a-z]\\w+)(?:\\(\\))?)?");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)");

  private static final Set<String> FLAGS_OF_OTHERS =
      Set.of("--from-file", "--master", "--namespace", "--qps");

  private static final Set<String> NAMES_OF_OTHERS =
      Set.of(
          "ClassLoad",
          "Compilation",
          "CompileThresholdScaling",
          "ConstrainedImpersonation",
          "EventRateLimit",
          "FlushConsolidationHandler",
          "InitialHeapSize",
          "TrimNativeHeapInterval");

  private static final Map<String, String> OTHER_FILES = otherFiles();
  private static final String ALL = String.join("\n", OTHER_FILES.values());

  static List<Path> pages() throws IOException {
    List<Path> pages =
        new ArrayList<>(
            List.of(
                ROOT.resolve("README.md"),
                ROOT.resolve("CONTRIBUTING.md"),
                ROOT.resolve("SECURITY.md")));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nameFlagsThatExist(Path page) throws IOException {
    assertThat(missing(page, FLAG, flag -> ALL.contains(flag) || FLAGS_OF_OTHERS.contains(flag)))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nameMetricsThatExist(Path page) throws IOException {
    assertThat(
            missing(
                page,
                METRIC,
                name -> ALL.contains(name) || ALL.contains(SERIES.matcher(name).replaceAll(""))))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nameClassesThatExistWithTheirMembers(Path page) throws IOException {
    Set<String> missing = new TreeSet<>();
    for (String quoted : quoted(page)) {
      Matcher name = CLASS.matcher(quoted);
      if (name.matches() && !exists(name.group(1), name.group(2))) {
        missing.add(quoted);
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean exists(String type, String member) {
    List<String> sources =
        OTHER_FILES.entrySet().stream()
            .filter(file -> file.getKey().endsWith("/" + type + ".java"))
            .map(Map.Entry::getValue)
            .toList();
    if (sources.isEmpty()) { // nested, a kind of object, or a word of somebody else's
      return NAMES_OF_OTHERS.contains(type) || isWord(type, ALL);
    }
    return member == null || sources.stream().anyMatch(source -> isWord(member, source));
  }

  private static boolean isWord(String name, String text) {
    return Pattern.compile("\\b" + name + "\\b").matcher(text).find();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void nameFilesThatExist(Path page) throws IOException {
    Set<String> missing = new TreeSet<>();
    for (String quoted : quoted(page)) {
      boolean path = quoted.matches("[\\w.-]+(/[\\w.-]+)+/?") && !quoted.contains("/target/");
      String first = quoted.substring(0, Math.max(0, quoted.indexOf('/')));
      if (path && Files.isDirectory(ROOT.resolve(first)) && !Files.exists(ROOT.resolve(quoted))) {
        missing.add(quoted);
      }
    }
    Matcher link = LINK.matcher(Files.readString(page));
    while (link.find()) {
      if (!link.group(1).contains(":") && !Files.exists(page.resolveSibling(link.group(1)))) {
        missing.add(link.group(1));
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void areReadAgainstTheWholeRepository() {
    assertThat(OTHER_FILES).containsKeys("helm/apf-proxy/values.yaml", ".ci/run");
    assertThat(exists("SecurityPageTest", "withTests")).isTrue();
    assertThat(exists("SecurityPageTest", "noSuchMember")).isFalse();
    assertThat(exists("NoSuchClass", null)).isFalse();
  }

  private static Set<String> missing(Path page, Pattern names, Predicate<String> exists)
      throws IOException {
    Set<String> missing = new TreeSet<>();
    names
        .matcher(Files.readString(page))
        .results()
        .map(result -> result.group())
        .filter(exists.negate())
        .forEach(missing::add);
    return missing;
  }

  private static Set<String> quoted(Path page) throws IOException {
    Set<String> quoted = new TreeSet<>();
    Matcher code = QUOTED.matcher(Files.readString(page));
    while (code.find()) {
      quoted.add(code.group(1));
    }
    return quoted;
  }

  /** Their text by their path: what is not a page, and was not built. */
  private static Map<String, String> otherFiles() {
    Map<String, String> texts = new TreeMap<>();
    try {
      read(ROOT, texts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  private static void read(Path folder, Map<String, String> texts) throws IOException {
    List<Path> entries;
    try (Stream<Path> all = Files.list(folder)) {
      entries = all.toList();
    }
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      if (Files.isDirectory(entry) && !UNREAD.contains(name)) {
        read(entry, texts);
      } else if (name.matches("run|.*\\.(java|xml|ya?ml|tpl|js|html|sh|json)")) {
        texts.put(
            ROOT.relativize(entry).toString(), name.equals(OWN) ? "" : Files.readString(entry));
      }
    }
  }
}
