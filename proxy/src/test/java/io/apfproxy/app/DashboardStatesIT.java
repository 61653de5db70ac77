package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.admin.AdminDoor;
import io.apfproxy.admin.AdminServer;
import io.apfproxy.admin.FakePages;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.browser.Page;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.live.Feed;
import io.apfproxy.live.Topic;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the page shows when all is not well. Specification seeing.md V-71. */
class DashboardStatesIT extends DashboardFixture {
  private static final String SUBMIT = "document.querySelector('main form').requestSubmit()";

  @Override
  @BeforeEach
  void startUpstream() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    upstream =
        EmbeddedApiServer.builder(folder)
            .user("alice")
            .allow("alice", "get", "configmaps")
            .user("operator", "system:masters")
            .start();
  }

  /** What is shown where there is nothing to show; it looks alike everywhere. */
  private static final String EMPTY = "document.querySelector('.empty:not([hidden])').textContent";

  @Test
  void saysThatThereWasNoRequestYet() throws Exception {
    startNarrow();

    Page page = page("");
    page.awaitText("No request in the last five minutes.");
    photograph(page, "state-empty");
    page.go(origin() + "/ui/#talkers").awaitText("No request has ended in this time.");
    assertThat(page.ask(EMPTY).asText()).startsWith("No request has ended");
    photograph(page, "talkers-empty");
    page.go(origin() + "/ui/#refusals").awaitText("Nobody was refused so far.");
    assertThat(page.ask(EMPTY).asText()).startsWith("Nobody was refused");
    photograph(page, "refusals-empty");
    page.go(origin() + "/ui/#level/gone").awaitText("There is no such level now.");
    photograph(page, "level-gone");
    page.press("?").await("document.getElementById('keys').open");
    photograph(page, "keys");
  }

  @Test
  void saysWhichCertificateSoonEnds() throws Exception {
    TestAuthority.named("serving-ca")
        .leaf("apf-proxy")
        .forServers("127.0.0.1", "localhost")
        .issue()
        .write(directory, "serving");
    startNarrow(
        "--tls-cert-file=" + directory.resolve("serving.crt"),
        "--tls-private-key-file=" + directory.resolve("serving.key"));

    String certificates =
        "[...document.querySelectorAll('#head .troubles li')]"
            + ".map(line => line.innerText).filter(text => text.startsWith('certificate')).join()";
    Page page = page("").await(certificates);
    assertThat(page.ask(certificates).asText())
        .as("of two, of which the other is good for a year")
        .matches("certificate serving: (less than a|1) day left");
    photograph(page, "state-trouble");
  }

  @Test
  void saysThatItWaitsForTheFirstFigures() throws Exception {
    Vertx vertx = Vertx.vertx();
    FakePages silent =
        new FakePages() {
          @Override
          public Feed live() {
            return new SilentFeed();
          }
        };
    try {
      AdminServer server = AdminServer.plain(vertx, silent, AdminDoor.NONE);
      int port = server.listen("127.0.0.1", 0).await(60, TimeUnit.SECONDS);

      Page page = chromium.open().go("http://127.0.0.1:" + port + "/ui/");
      page.awaitText("first figures");
      photograph(page, "state-loading");
    } finally {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }

  /** Has nothing to tell yet. */
  private static final class SilentFeed implements Feed {
    @Override
    public String state() {
      return "{}";
    }

    @Override
    public Optional<String> queues(String level) {
      return Optional.empty();
    }

    @Override
    public Subscription subscribe(Set<Topic> topics, Listener listener) {
      return () -> {};
    }
  }

  @Test
  void saysThatTheProxyIsGoneAndHowOldTheFiguresAre() throws Exception {
    startNarrow();
    Page page = page("");
    page.await("document.querySelector('tbody tr')");

    proxy.close();
    proxy = null;

    page.awaitText("The proxy does not answer. Next try in");
    page.awaitText("these figures are").await("document.body.classList.contains('old')");
    photograph(page, "state-lost");
  }

  /** Neither data nor an end, as of a laptop that slept, or a NAT that forgot. */
  @Test
  void looksForAnotherConnectionWhereItsOwnIsSilent() throws Exception {
    startNarrow();
    try (TcpRelay wire = new TcpRelay(proxy.adminPort())) {
      Page page = chromium.open().go("http://127.0.0.1:" + wire.port() + "/ui/");
      page.await("document.querySelector('tbody tr')");
      page.ask("{ const real = setTimeout; window.setTimeout = (f, ms) => real(f, ms / 10); }");
      page.ask("import('/ui/stream.js').then(all => { window.store = all.store; })");
      page.await("store.tick > 2"); // so the page's patience is a tenth by now
      wire.links().forEach(TcpRelay.Link::freeze);
      int last = page.ask("store.tick").asInt();

      page.await("store.tick > " + (last + 1));
      page.await(
          "!document.body.classList.contains('old')"
              + " && document.getElementById('banner').textContent === ''");
    }
  }

  @Test
  void doesNotCallEmptyWhatItWasNotToldOf() throws Exception {
    startNarrow();
    Page page = page("#refusals").awaitText("Nobody was refused so far.");

    proxy.close();
    proxy = null;

    page.awaitText("The proxy does not answer. Next try in");
    page.ask("location.hash = '#levels'");
    page.awaitText("first figures").await("document.body.classList.contains('old')");
    assertThat(page.text()).doesNotContain("No request").contains("these figures are");
    page.ask("location.hash = '#explain?method=GET&url=/api'");
    page.awaitText("This question found no answer");
  }

  @Test
  void saysHowOldTheOldestOfTheFiguresAre() throws Exception {
    startNarrow();
    Page page = page("").awaitText("narrow");
    page.ask("location.hash = '#talkers'");
    page.awaitText("No request has ended in this time.");
    page.ask(
        "{ const real = performance.now.bind(performance);"
            + " performance.now = () => real() + 600_000; }");
    page.await("document.getElementById('age').textContent.startsWith('as of')");

    proxy.close();
    proxy = null;

    page.awaitText("The proxy does not answer. Next try in");
    page.ask("location.hash = '#levels'");
    page.awaitText("narrow");
    page.await("/figures are 6[0-9][0-9] s/.test(document.getElementById('age').textContent)");
  }

  @Test
  void showsNoFiguresAndNoAgeToWhomIsNoLongerBelieved() throws Exception {
    startNarrow("--admin-tls", "--admin-bind-address=127.0.0.2");
    Page page = chromium.open().go("https://127.0.0.2:" + proxy.adminPort() + "/ui/");
    page.awaitText("Who are you?");
    enter(page, upstream.token("operator"));
    page.awaitText("narrow");

    page.ask("import('/ui/stream.js').then(module => module.identify('ended'))");

    page.awaitText("This token is not valid.");
    assertThat(page.ask("document.getElementById('age').textContent").asText()).isEmpty();
    page.ask(
        "{ const real = performance.now.bind(performance);"
            + " performance.now = () => real() + 600_000; }");
    page.ask("new Promise(done => setTimeout(done, 600))"); // the age is looked at twice a second
    assertThat(page.text()).doesNotContain("s old").doesNotContain("of before");
    assertThat(page.ask("document.body.classList.contains('old')").asBoolean()).isFalse();
  }

  @Test
  void showsTheClassicLimitsAsTwoPools() throws Exception {
    start("--enable-priority-and-fairness=false", "--max-requests-inflight=7");

    Page page = page("");
    page.awaitText("Two limits, no queues").awaitText("0 / 7");
    assertThat(page.ask("document.getElementById('age').textContent").asText())
        .as("no figures without their age")
        .startsWith("as of ");
    photograph(page, "state-pools");
    page.go(origin() + "/ui/#talkers").awaitText("No request has ended in this time.");
    assertThat(page.complaints()).isEmpty();
  }

  @Test
  void asksThoseElsewhereWhoTheyAre() throws Exception {
    startNarrow("--admin-tls", "--admin-bind-address=127.0.0.2");
    String elsewhere = "https://127.0.0.2:" + proxy.adminPort() + "/ui/";

    Page page = chromium.open().go(elsewhere);
    page.awaitText("Who are you?");
    assertThat(page.text()).doesNotContain("narrow").doesNotContain("Seats in use");
    photograph(page, "state-token");
    enter(page, "cut off as…");
    page.awaitText("This token is not valid. It has characters that no token has.");
    enter(page, "nobody");
    page.awaitText("This token is not valid. Unauthorized");
    enter(page, upstream.token("alice"));
    page.awaitText("That is not allowed.").awaitText("/debug/apf-proxy/*");
    assertThat(page.text()).contains("ClusterRole apf-proxy-viewer");
    photograph(page, "state-forbidden");
    enter(page, upstream.token("operator"));
    page.awaitText("narrow");
    assertThat(
            page.ask("localStorage.length + sessionStorage.length + document.cookie.length")
                .asInt())
        .isZero();
    page.go("about:blank").go(elsewhere).awaitText("Who are you?");
  }

  private static void enter(Page page, String token) {
    page.ask("document.getElementById('token').focus()");
    page.type(token).ask(SUBMIT);
  }

  @Test
  void saysThatTooManyAreWatching() throws Exception {
    startNarrow();
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest stream =
        HttpRequest.newBuilder(URI.create(origin() + "/debug/apf-proxy/events?topics=levels"))
            .build();
    for (int i = 0; i < AdminServer.MOST_STREAMS; i++) {
      assertThat(client.send(stream, BodyHandlers.ofInputStream()).statusCode()).isEqualTo(200);
    }

    Page another = page("");
    another.awaitText("Too many are watching");
    photograph(another, "state-full");
  }

  @Test
  void offersToReloadAfterAnUpgrade() throws Exception {
    startNarrow();
    Page page = page("");
    page.await("document.querySelector('tbody tr')");

    page.ask("import('/ui/stream.js').then(module => { module.store.first = '0.0.1'; })");
    page.awaitText("this page is of 0.0.1");
    assertThat(page.ask("document.querySelector('#banner button').textContent").asText())
        .isEqualTo("Reload");
    photograph(page, "state-upgraded");
  }
}
