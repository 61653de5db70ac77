package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.admin.AdminDoor;
import io.apfproxy.admin.AdminServer;
import io.apfproxy.admin.FakePages;
import io.apfproxy.fixtures.browser.Page;
import io.apfproxy.live.Feed;
import io.apfproxy.live.Topic;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the page makes of names and figures that are seldom, and of a proxy that is another one. */
class DashboardOddFiguresIT extends DashboardFixture {
  private final Vertx vertx = Vertx.vertx();
  private final OneTold feed = new OneTold();
  private String address = "";

  @BeforeEach
  void startPages() throws Exception {
    FakePages pages =
        new FakePages() {
          @Override
          public Feed live() {
            return feed;
          }
        };
    AdminServer server = AdminServer.plain(vertx, pages, AdminDoor.NONE);
    int port = server.listen("127.0.0.1", 0).await(60, TimeUnit.SECONDS);
    address = "http://127.0.0.1:" + port + "/ui/";
  }

  @AfterEach
  void stopPages() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  /** It is a name of a level, and of something that every object of the page's language has. */
  @Test
  void showsALevelWhoseNameIsAWordOfTheLanguage() {
    feed.members =
        upstream("")
            + ",\"levels\":{\"full\":true,\"shapes\":[[\"constructor\",0,0,0,0,5,5,5,100]],"
            + "\"rows\":[[0,1,1,0,5,0,0,0,null,null,null]]},\"history\":{\"use\":{}}";
    Page page = chromium.open().go(address);
    page.await("document.querySelector('tbody tr')");
    assertThat(page.text()).contains("constructor").contains("1 / 5");
  }

  @Test
  void goesToTheLevelsWhereAnAddressIsNoPage() {
    feed.members =
        upstream("")
            + ",\"levels\":{\"full\":true,\"shapes\":[[\"one\",0,0,0,0,5,5,5,100]],"
            + "\"rows\":[[0,1,1,0,5,0,0,0,null,null,null]]},\"history\":{\"use\":{}}";
    for (String no : List.of("#constructor", "#level/%zz")) {
      Page page = chromium.open().go(address + no);
      page.await("document.querySelector('tbody tr')");
      assertThat(page.ask("location.hash").asText()).isEqualTo("#levels");
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void saysOfACertificateThatItHasExpired() {
    feed.members = upstream("{\"name\":\"serving\",\"days\":-3.5}");
    Page page = chromium.open().go(address + "#explain");
    page.awaitText("certificate serving: expired");
  }

  /** As after a restart with other flags. */
  @Test
  void forgetsSourcesThatThereAreNoLonger() {
    feed.members = upstream("") + ",\"sources\":[" + source("files") + "]";
    Page page = chromium.open().go(address + "#sources");
    page.await("document.querySelector('article')");
    feed.tell(upstream("") + ",\"sources\":[" + source("crd") + "]");
    String shown = "[...document.querySelectorAll('article h3')].map(e => e.textContent).join()";
    page.await(shown + ".includes('crd')");
    assertThat(page.ask(shown).asText()).doesNotContain("files");
  }

  private static String source(String name) {
    return "{\"name\":\"%s\",\"loaded\":true,\"trouble\":\"\",\"counts\":{},\"age\":0,\"number\":0,\"lastChange\":null,\"objects\":[]}"
        .formatted(name);
  }

  private static String upstream(String certificates) {
    return "\"product\":\"apf-proxy\",\"tick\":5,\"time\":\"2026-01-01T00:00:00Z\","
        + "\"upstream\":{\"server\":\"https://there\",\"serverVersion\":\"v1\",\"lost\":0,"
        + "\"streams\":1,\"seats\":1,\"limit\":5,\"waiting\":0,\"refused\":0,\"checks\":[],"
        + "\"bounds\":[],\"certificates\":["
        + certificates
        + "],\"pools\":[]}";
  }

  /** Tells everybody the same. */
  private static final class OneTold implements Feed {
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile String members = "";

    void tell(String next) {
      members = next;
      listeners.forEach(listener -> listener.told(new Tick(false, true, next)));
    }

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
      listeners.add(listener);
      listener.told(new Tick(true, true, members));
      return () -> listeners.remove(listener);
    }
  }
}
