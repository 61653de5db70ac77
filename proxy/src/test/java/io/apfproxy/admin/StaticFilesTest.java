package io.apfproxy.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the page stays small, and needs nothing that its policy forbids. */
@Tag("V-65")
class StaticFilesTest {
  private static final int MOST_BYTES = 80_000;
  private static final int MOST_LINES = 300;

  private final Map<String, String> files = new TreeMap<>();

  StaticFilesTest() {
    StaticFiles.routes()
        .forEach(
            route ->
                files.put(route.path(), route.handler().handle(null).result().body().toString()));
    files.remove("/ui/"); // index.html once more
  }

  @Test
  void allTogetherAreSmall() {
    assertThat(files).hasSize(15);
    assertThat(files.values().stream().mapToInt(text -> text.getBytes(UTF_8).length).sum())
        .isLessThanOrEqualTo(MOST_BYTES);
    assertThat(files)
        .allSatisfy((name, text) -> assertThat(text.lines().count()).isLessThan(MOST_LINES));
  }

  @Test
  void scriptsAreModulesWithTypesAndNeverMakeMarkupOfText() {
    files.forEach(
        (name, text) -> {
          if (name.endsWith(".js")) {
            assertThat(text).as(name).startsWith("// @ts-check\n");
            assertThat(text)
                .as(name)
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
                .doesNotContain("eval(", "new Function");
          }
        });
  }

  @Test
  void thePageHasNoScriptOrStyleOfItsOwnAndNothingFromElsewhere() {
    String page = files.get("/ui/index.html");

    assertThat(page)
        .contains("<script type=\"module\" src=\"app.js\"></script>")
        .doesNotContainPattern("<script(?![^>]* src=)")
        .doesNotContainPattern("(?i)<style|\\sstyle=|\\son[a-z]+=");
    files.forEach(
        (name, text) ->
            assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                .as(name)
                .doesNotContainPattern("(?i)(href|src|url|import|from)[ =('\"]+(https?:)?//"));
  }
}
