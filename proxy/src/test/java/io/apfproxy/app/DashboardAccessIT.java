package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.fixtures.browser.Page;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The page without a mouse, and without eyes. Specification seeing.md V-72. */
class DashboardAccessIT extends DashboardFixture {
  private static final Set<String> CONTROLS =
      Set.of("link", "button", "searchbox", "textbox", "combobox");
  private static final List<String> VIEWS =
      List.of("#levels", "#level/narrow", "#talkers", "#refusals", "#sources", "#explain");
  private static final double READABLE = 4.5;
  private static final List<String> TEXTS =
      List.of("text", "muted", "link", "calm", "near", "waiting", "refusing");
  private static final String FOCUS = "document.activeElement";

  @Test
  void eachControlHasANameAndThereIsOneHeadingAboveAll() throws Exception {
    startNarrow();
    Page page = page("");

    for (String view : VIEWS) {
      page.go(origin() + "/ui/" + view).await("document.querySelector('main h2')");
      List<JsonNode> nodes = page.accessibility();
      assertThat(nodes.stream().filter(node -> CONTROLS.contains(role(node))))
          .as(view)
          .isNotEmpty()
          .allSatisfy(node -> assertThat(name(node)).as(node.toString()).isNotEmpty());
      assertThat(nodes.stream().map(DashboardAccessIT::role))
          .as(view)
          .contains("main", "navigation", "banner");
      assertThat(page.ask("document.querySelectorAll('h1').length").asInt()).isEqualTo(1);
      assertThat(page.ask("document.querySelectorAll('th:not([scope])').length").asInt()).isZero();
    }
    assertThat(
            page.ask("[...document.querySelectorAll('[aria-live]')].map(e => e.id).join()")
                .asText())
        .isEqualTo("banner");
  }

  private static String role(JsonNode node) {
    return node.path("role").path("value").asText();
  }

  private static String name(JsonNode node) {
    return node.path("name").path("value").asText();
  }

  @Test
  void allOfItIsDoneByKeys() throws Exception {
    startNarrow();
    Page page = page("");
    page.await("document.querySelector('tbody tr')");

    page.press("Tab");
    assertThat(page.ask(FOCUS + ".className").asText()).isEqualTo("skip");
    page.press("Tab");
    assertThat(page.ask(FOCUS + ".textContent").asText()).isEqualTo("Levels");
    assertThat(page.ask("getComputedStyle(" + FOCUS + ").outlineStyle").asText())
        .isEqualTo("solid");
    page.press("/").await(FOCUS + ".matches('[data-filter]')");
    page.type("narr").await("document.querySelectorAll('tbody tr').length === 1");
    page.press("Escape").press("ArrowDown").await(FOCUS + ".textContent === 'narrow'");
    page.press("Enter").await("location.hash === '#level/narrow'").awaitText("64 queues");
    page.press("Escape").await("location.hash === '#levels'");
    page.press("?").await("document.getElementById('keys').open");
    page.press("Escape").await("!document.getElementById('keys').open");
    assertThat(page.complaints()).isEmpty();
  }

  @Test
  void nothingIsLostOnASmallScreen() throws Exception {
    startNarrow();
    flood();
    Page page = page("");

    for (String view : VIEWS) {
      page.size(SMALL, 740).go(origin() + "/ui/" + view).await("document.querySelector('main h2')");
      assertThat(page.ask("document.documentElement.scrollWidth").asInt())
          .as(view)
          .isLessThanOrEqualTo(SMALL);
      assertThat(page.ask("document.querySelector('nav').offsetHeight").asInt())
          .as("the views are on one line")
          .isLessThan(48);
    }
  }

  /** By WCAG's formula, from the tokens that the style sheet is made of. */
  @TestFactory
  Stream<DynamicTest> textIsReadableInBothThemes() throws Exception {
    startNarrow();
    Page page = page("");
    page.await("document.querySelector('tbody tr')");
    return Stream.of("light", "dark")
        .flatMap(
            theme -> {
              page.theme(theme);
              return Stream.concat(
                  TEXTS.stream()
                      .flatMap(text -> Stream.of(List.of(text, "ground"), List.of(text, "panel"))),
                  Stream.of(List.of("banner-text", "banner"), List.of("panel", "refusing")))
                  .map(
                      pair -> {
                        double contrast =
                            contrast(token(page, pair.get(0)), token(page, pair.get(1)));
                        return DynamicTest.dynamicTest(
                            theme + " " + pair,
                            () -> assertThat(contrast).isGreaterThanOrEqualTo(READABLE));
                      })
                  .toList()
                  .stream();
            });
  }

  private static String token(Page page, String name) {
    return page.ask(
            "getComputedStyle(document.documentElement).getPropertyValue('--" + name + "').trim()")
        .asText();
  }

  private static double contrast(String one, String other) {
    double a = luminance(one);
    double b = luminance(other);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double luminance(String colour) {
    assertThat(colour).matches("#[0-9a-f]{6}");
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double part = Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
      sum += weights[i] * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
