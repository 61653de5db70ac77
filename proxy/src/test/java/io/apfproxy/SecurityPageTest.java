package io.apfproxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Tags;
import org.junit.jupiter.api.Test;

/**
 * {@code SECURITY.md} promises what tests show: the last column of its tables names the classes
 * that carry the row's id as a tag. {@code -Dapf.golden=update} writes that column.
 */
class SecurityPageTest {
  private static final Path PAGE = Path.of("..", "SECURITY.md");
  private static final Pattern ID = Pattern.compile("[SI]\\d{1,2}");
  private static final Pattern ROW = Pattern.compile("\\| ([SI]\\d{1,2}) \\|.*\\|([^|]*)\\|");
  private static final Pattern EXCUSE = Pattern.compile("\\| ([SI]\\d{1,2}) \\|[^|]*\\|");
  private static final String EXCUSES = "## Rows without a test";
  private static final int LAST_ROW = 97;

  private static final Map<String, Set<String>> TESTS = tests();

  @Test
  void namesTheTestsThatCarryTheIdOfEachRow() throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    List<String> right = lines.stream().map(this::withTests).toList();
    if ("update".equals(System.getProperty("apf.golden"))) {
      Files.write(PAGE, right);
      return;
    }
    assertThat(lines).isEqualTo(right);
  }

  @Test
  void hasATestForEachRowOrSaysWhyNot() throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    Set<String> excused = new TreeSet<>();
    lines.subList(lines.indexOf(EXCUSES), lines.size()).stream()
        .map(EXCUSE::matcher)
        .filter(Matcher::matches)
        .forEach(row -> excused.add(row.group(1)));
    Set<String> rows = new TreeSet<>();
    lines.subList(0, lines.indexOf(EXCUSES)).stream()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .forEach(row -> rows.add(row.group(1)));

    Set<String> shown = new TreeSet<>(rows);
    shown.retainAll(TESTS.keySet());
    Set<String> unshown = new TreeSet<>(rows);
    unshown.removeAll(shown);

    assertThat(excused).as("rows without a test, and rows excused").isEqualTo(unshown);
    assertThat(TESTS.keySet()).as("ids that tests carry are rows of the page").isSubsetOf(rows);
  }

  @Test
  void leavesOutNoRowOfTheSpecification() throws IOException {
    String page = Files.readString(PAGE);
    List<String> all =
        IntStream.rangeClosed(1, LAST_ROW).mapToObj(row -> "S%02d".formatted(row)).toList();
    assertThat(all).allMatch(id -> page.contains(id), "stands on the page");
  }

  private String withTests(String line) {
    Matcher row = ROW.matcher(line);
    if (!row.matches()) {
      return line;
    }
    Set<String> shownBy = TESTS.getOrDefault(row.group(1), Set.of());
    String names = shownBy.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    return line.substring(0, row.start(2)) + (names.isEmpty() ? " |" : " " + names + " |");
  }

  private static Map<String, Set<String>> tests() {
    Map<String, Set<String>> byId = new TreeMap<>();
    new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
        .importPackages("io.apfproxy")
        .forEach(
            test ->
                tags(test)
                    .filter(tag -> ID.matcher(tag).matches())
                    .forEach(
                        id ->
                            byId.computeIfAbsent(id, first -> new TreeSet<>())
                                .add(outermost(test))));
    return byId;
  }

  private static Stream<String> tags(JavaClass test) {
    List<JavaAnnotation<?>> annotations = new ArrayList<>(test.getAnnotations());
    for (JavaMethod method : test.getMethods()) {
      annotations.addAll(method.getAnnotations());
    }
    return annotations.stream()
        .flatMap(
            annotation ->
                annotation.getRawType().isEquivalentTo(Tag.class)
                    ? Stream.of(annotation.as(Tag.class).value())
                    : annotation.getRawType().isEquivalentTo(Tags.class)
                        ? Stream.of(annotation.as(Tags.class).value()).map(Tag::value)
                        : Stream.empty());
  }

  private static String outermost(JavaClass test) {
    JavaClass outer = test;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer.getSimpleName();
  }
}
