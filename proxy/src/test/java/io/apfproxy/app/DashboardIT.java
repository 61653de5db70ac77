package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.cli.Command;
import io.apfproxy.command.TopCommand;
import io.apfproxy.fixtures.browser.Page;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The page, walked through in a browser. Specification seeing.md V-65, V-68, V-70. */
class DashboardIT extends DashboardFixture {
  /**
   * The README's are written anew only if that is asked for: no two pictures have the same time.
   */
  private static final boolean UPDATE = "update".equals(System.getProperty("apf.pictures"));

  private static final Path README = UPDATE ? Path.of("..", "docs") : PICTURES;

  private static final String ROW =
      "document.querySelector('a[href=\"#level/narrow\"]')?.closest('tr')";

  private static final String TROUBLES = "document.querySelectorAll('#head .troubles li').length";

  /** The rows of what a level decides and what happens. */
  private static final String WOULD =
      "[...document.querySelectorAll('tr')].filter(row => row.closest('[aria-label=Shadow]') && row.querySelector('td'))";

  private static void wellBehaved(Page page, String origin) {
    assertThat(page.complaints()).isEmpty();
    assertThat(page.requests()).isNotEmpty().allMatch(address -> address.startsWith(origin + "/"));
  }

  @Test
  void levelsShowTheFiguresOfTheState() throws Exception {
    startNarrow();
    flood();

    Page page = page("");
    page.await(ROW + "?.innerText.includes('1 / 1')").await(ROW + ".innerText.includes('queues')");

    JsonNode narrow = level(state(), "narrow");
    String row = page.ask(ROW + ".innerText").asText();
    assertThat(narrow.path("seats").asInt()).isEqualTo(1);
    assertThat(row).contains("1 / 1").contains("of 128 places");
    assertThat(page.ask(ROW + ".cells[2].innerText").asText())
        .startsWith(narrow.path("waiting").asText());
    assertThat(page.ask("document.querySelectorAll('tbody tr').length").asInt())
        .isEqualTo(state().path("levels").size());
    page.await("document.querySelector('tbody tr a').textContent === 'narrow'"); // the nearest
    assertThat(page.ask(TROUBLES).asInt()).isZero();
    photograph(page, "levels");
    wellBehaved(page, origin());
  }

  @Override
  List<String> users() {
    return List.of("alice", "bob", "carol");
  }

  /** The pictures of the README. */
  @Test
  void whoIsBusyIsNamed() throws Exception {
    startNarrow();
    try (Herd herd = new Herd()) {
      herd.run("alice", SLOW, 300, 6);
      herd.run("bob", SLOW + "er", 40, 2);
      herd.run("carol", "/api/v1/namespaces/default/pods", 2, 1);
      Page page = page("").size(1180, 700);

      page.await(ROW + "?.innerText.includes('alice')").await(ROW + ".dataset.heat === 'refusing'");
      page.await("document.querySelector('tbody tr a').textContent === 'narrow'");
      page.size(1180, page.ask("document.documentElement.scrollHeight").asInt());
      page.await(ROW + ".querySelector('.line').points.length > " + (UPDATE ? 4 : 0));
      assertThat(page.ask(TROUBLES).asInt()).as("a README without a warning").isZero();
      for (String theme : List.of("dark", "light")) {
        page.theme(theme).photograph(README.resolve("dashboard-" + theme + ".webp"));
      }
      wellBehaved(page, origin());
      await().until(() -> top().contains("carol") && top().contains("bob"));
      String top = top();
      assertThat(top.lines().skip(2).findFirst().orElseThrow()).startsWith("alice");
      photographTerminal("$ apf-proxy top --window=10s\n" + top, README.resolve("top.webp"));
    }
  }

  private String top() throws Exception {
    List<String> line =
        List.of("top", "--window=10s", "--admin=http://127.0.0.1:" + proxy.adminPort());
    return TopCommand.run(((Command.Top) Command.parse(line, Map.of())).options(), System.out)
        .text();
  }

  /** What a command prints, as a terminal shows it. */
  private static void photographTerminal(String printed, Path file) throws Exception {
    Page page = chromium.open().go("about:blank");
    page.ask("document.body.style = 'margin: 0; background: #10151c; color: #e7ecf2'");
    page.ask(
        "document.body.append(Object.assign(document.createElement('pre'), {id: 'told', style:"
            + " 'margin: 0; padding: 14px 18px; width: max-content; font: 14px/1.5 monospace'}))");
    page.ask(
        "document.getElementById('told').textContent = "
            + new ObjectMapper().writeValueAsString(printed));
    page.size(
        page.ask("document.getElementById('told').offsetWidth").asInt(),
        page.ask("document.getElementById('told').offsetHeight").asInt());
    page.photograph(file);
    page.close();
  }

  /** Programs, each of which asks again a moment after it was answered. */
  private final class Herd implements AutoCloseable {
    private static final long PAUSE_MILLIS = 200;
    private final HttpClient client = client();
    private final AtomicBoolean ended = new AtomicBoolean();

    void run(String user, String path, int millis, int programs) throws Exception {
      upstream.script().on("get", path).delay(Duration.ofMillis(millis)).play();
      for (int i = 0; i < programs; i++) {
        ask(as(user, path));
      }
    }

    private void ask(HttpRequest request) {
      if (!ended.get()) {
        var unused =
            client
                .sendAsync(request, BodyHandlers.discarding())
                .thenRunAsync(
                    () -> ask(request),
                    CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
      }
    }

    @Override
    public void close() {
      ended.set(true);
    }
  }

  @Test
  void aLevelShowsItsQueuesAndSchemas() throws Exception {
    startNarrow();
    flood();

    Page page = page("#level/narrow");
    page.awaitText("64 queues of at most 2 requests each");
    page.await("document.querySelectorAll('.square').length === 64");
    page.await("document.querySelectorAll('.square[data-full=full]').length === 1");

    assertThat(page.ask("document.querySelector('[data-full=full]').textContent").asText())
        .isEqualTo("2");
    assertThat(page.text()).contains("queues").contains("1 / 1").contains("2 of 128 places");
    assertThat(page.text()).contains("1 nominal, 1 to 1 by lending and borrowing");
    assertThat(page.text()).as("it is watched by this page").contains("Watching this page\n1");
    page.await("document.querySelector('.chart .used').getAttribute('points').length > 0");
    page.await(
        "document.querySelector('[aria-label=\"Users now\"] tbody tr')?.innerText.replace(/\\s+/g, ' ') === 'alice 1 1 2'");
    photograph(page, "level");
    wellBehaved(page, origin());
  }

  @Test
  void aLevelInShadowSaysSoAndWhatItWouldHaveRefused() throws Exception {
    startNarrow("--enforcement=shadow");
    upstream.script().on("get", SLOW).delay(Duration.ofMinutes(10)).play();
    HttpClient client = client();
    for (int i = 0; i < FLOOD; i++) {
      var ignored = client.sendAsync(slow(), BodyHandlers.discarding());
    }

    Page page = page("#refusals").awaitText("which would have been to refuse them");
    page.await("document.querySelectorAll('tbody tr').length === " + (FLOOD - 3));
    page.await("document.querySelector('tbody tr td')?.innerText.includes('queue-full')");
    photograph(page, "refusals-shadow");
    page.go(origin() + "/ui/#levels").await(ROW + "?.innerText.includes('shadow')");
    page.await(ROW + ".innerText.includes('" + FLOOD + " really held')");
    page.await(ROW + ".innerText.includes('2 would')");
    assertThat(page.ask("getComputedStyle(" + ROW + ".querySelector('.held')).marginLeft").asText())
        .as("stands apart from its state")
        .isNotEqualTo("0px");
    photograph(page, "levels-shadow");
    page.go(origin() + "/ui/#level/narrow").awaitText("Holds to its decisions");
    page.awaitText("What it decides, and what happens");
    assertThat(page.text()).contains("2 of 128 places").contains("shadow");
    assertThat(
            page.ask(
                    WOULD
                        + ".map(row => [...row.cells].map(cell => cell.innerText).join(': ')).join('; ')")
                .asText())
        .startsWith("Seats held: " + FLOOD + ": 1; Waiting: 0: 2; Refused per second: 0: ");
    photograph(page, "level-shadow");
    JsonNode narrow = level(state(), "narrow");
    assertThat(narrow.path("enforcedPercent").asInt()).isZero();
    assertThat(narrow.path("shadow").path("heldSeats").asInt()).isEqualTo(FLOOD);
    assertThat(narrow.path("shadow").path("waiting").asInt()).isZero();
    assertThat(narrow.path("shadow").path("wouldHoldSeats").asInt()).isEqualTo(1);
    assertThat(narrow.path("shadow").path("wouldWait").asInt()).isEqualTo(2);
    var unused = client.sendAsync(asAlice(SLOW), BodyHandlers.discarding()); // refused at once
    await().until(() -> !level(state(), "narrow").path("shadow").path("wouldWaitSeconds").isNull());
    wellBehaved(page, origin());
  }

  @Test
  void oneIsNotMany() throws Exception {
    start();
    Page page = page("#level/exempt").awaitText("Heaviest flow");

    page.ask("import('/ui/dom.js').then(dom => { window.count = dom.count; })");
    page.await("window.count");

    assertThat(page.ask("[0, 1, 1.0001, 1.5, 2, 10000].map(n => count(n, 'seat')).join()").asText())
        .isEqualTo("0 seats,1 seat,1.00 seats,1.50 seats,2 seats,10k seats");
  }

  @Test
  void sourcesShowConditionsAndTheirLastChange() throws Exception {
    startNarrow();
    Page page = page("#sources").awaitText("narrow.yaml");
    page.await(conditions("narrow") + ".includes('Accepted: yes, Valid')");
    page.await(conditions("narrow") + ".includes('InForce: yes, Applied')");
    page.await("/Last change .* UTC, .*: 2 added/.test(document.body.innerText)");

    Files.writeString(
        directory.resolve("levels").resolve("lost.yaml"),
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: FlowSchema
        metadata: {name: lost}
        spec: {priorityLevelConfiguration: {name: nowhere}, matchingPrecedence: 200}
        """);
    page.await(conditions("lost") + ".includes('Dangling: yes, NotFound')");
    page.await(conditions("lost") + ".includes('there is no such object')");
    assertThat(page.ask(conditions("lost")).asText())
        .contains("InForce: no, Dangling", "it matches nothing");
    assertThat(
            page.ask(
                    "[...document.querySelectorAll('article')].at(-1).querySelector('tbody tr').dataset.heat")
                .asText())
        .as("what somebody has to look at comes first")
        .isEqualTo("near");
    page.await("/Last change .* UTC, .*: 1 added/.test(document.body.innerText)");
    JsonNode files = state().path("sources").path(1);
    assertThat(files.path("lastChange").path("added").asInt()).isEqualTo(1);
    assertThat(Instant.parse(files.path("lastChange").path("time").asText()))
        .isBefore(Instant.now());
    photograph(page, "sources");
    wellBehaved(page, origin());
  }

  /** The row of an object, as text; empty if there is none. */
  private static String conditions(String object) {
    return "([...document.querySelectorAll('article tbody tr')].find(row =>"
        + " row.querySelector('th').textContent === '"
        + object
        + "' && row.innerText.includes('"
        + object
        + ".yaml'))?.innerText ?? '')";
  }

  @Test
  void talkersRefusalsAndExplanationsAreShown() throws Exception {
    startNarrow();
    flood();

    Page page = page("#talkers");
    page.await("document.querySelector('tbody th')?.textContent === 'alice'");
    page.awaitText("queue-full");
    photograph(page, "talkers");
    page.ask(
        "const by = document.getElementById('choose-by'); by.value = 'namespace'; by.dispatchEvent(new Event('change'))");
    page.await("document.querySelector('tbody th')?.textContent === 'default'");
    page.go(origin() + "/ui/#refusals").awaitText("Refusals");
    page.await("document.querySelector('tbody tr td')?.innerText.includes('queue-full')");
    assertThat(page.text()).contains("alice", "narrow", "1 / 1", "2 / 2", SLOW);
    photograph(page, "refusals");
    page.ask("window.first = document.querySelector('tbody tr')");
    var unused = client().sendAsync(asAlice(SLOW), BodyHandlers.discarding());
    page.await("document.querySelectorAll('tbody tr').length === " + (FLOOD - 3 + 1));
    assertThat(page.ask("document.querySelectorAll('tbody tr')[1] === window.first").asBoolean())
        .as("what stays is not drawn anew")
        .isTrue();
    page.go(
        origin()
            + "/ui/#explain?method=GET&user=alice&url=%2Fapi%2Fv1%2Fnamespaces%2Fx%2Fconfigmaps%2Fy");
    page.awaitText("narrow (100)").awaitText("May wait in");
    assertThat(page.text()).containsPattern("queue \\d+ of 64");
    assertThat(page.ask("document.querySelector('.step.level a').getAttribute('href')").asText())
        .isEqualTo("#level/narrow");
    photograph(page, "explain");
    assertThat(page.complaints()).isEmpty();
    assertThat(page.requests()).allMatch(address -> address.startsWith(origin() + "/"));
  }
}
