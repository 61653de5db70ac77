package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.live.Feed;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table; what comes of it, {@link AdminServerIT} shows. */
class RoutesTest {
  private static final String DUMPS = "/debug/api_priority_and_fairness/";

  private final Routes routes =
      new Routes(new NoPages(), () -> new PageMill(null), new EventStreams(null, new NoPages()));

  private Route route(String path) {
    return routes.find(path).orElseThrow();
  }

  private static Asked asked(String name, String value) {
    return new Asked("/any", MultiMap.caseInsensitiveMultiMap().add(name, value), false);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz"})
  void showsHealthToEverybody(String path) {
    assertThat(route(path).audience()).isEqualTo(Route.Audience.EVERYBODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/metrics",
        DUMPS + "dump_priority_levels",
        DUMPS + "dump_queues",
        DUMPS + "dump_requests",
        DUMPS + "explain",
        "/debug/apf-proxy/top",
        "/debug/apf-proxy/refusals",
        "/debug/apf-proxy/state",
        "/debug/apf-proxy/queues",
        "/debug/apf-proxy/events"
      })
  void showsTheRestToOperatorsWhoMayGetThatPath(String path) {
    assertThat(route(path).audience()).isEqualTo(Route.Audience.OPERATORS);
    assertThat(route(path).permitted(asked("verbose", ""))).containsExactly(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ui/", "/ui/index.html", "/ui/app.js", "/ui/style.css"})
  void showsFilesToBrowsersWhichSendNoToken(String path) {
    assertThat(route(path).audience()).isEqualTo(Route.Audience.BROWSERS);
    assertThat(route(path).permitted(asked("verbose", ""))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "false"})
  void wantsOneMoreRightWhereUsersAreNamed(String value) {
    Asked details = asked("includeRequestDetails", value);

    assertThat(route(DUMPS + "dump_requests").permitted(details))
        .containsExactly(DUMPS + "dump_requests", DUMPS + "dump_requests/details");
    assertThat(route(DUMPS + "dump_queues").permitted(details))
        .containsExactly(DUMPS + "dump_queues");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/livez/",
        "/LIVEZ",
        "/metrics/x",
        "/debug",
        "/ui/../app.js",
        "/ui/%61pp.js",
        "/ui//app.js"
      })
  void knowsNothingElse(String path) {
    assertThat(routes.find(path)).isEmpty();
  }

  @Test
  void bearsARequestWithoutPath() {
    assertThat(routes.find(null)).isEmpty();
  }

  static final class NoPages implements AdminPages {
    @Override
    public List<Check> readiness() {
      throw new AssertionError();
    }

    @Override
    public String metrics() {
      throw new AssertionError();
    }

    @Override
    public Optional<String> top(
        @Nullable String by,
        @Nullable String window,
        @Nullable String sort,
        @Nullable String limit,
        String output) {
      throw new AssertionError();
    }

    @Override
    public String refusals(
        @Nullable String auditId,
        @Nullable String user,
        @Nullable String rule,
        @Nullable String level,
        @Nullable String limit) {
      throw new AssertionError();
    }

    @Override
    public Feed live() {
      throw new AssertionError();
    }

    @Override
    public Optional<String> dump(Dump what, boolean withRequestDetails) {
      throw new AssertionError();
    }

    @Override
    public Optional<String> explain(
        String method, String url, @Nullable String user, List<String> groups) {
      throw new AssertionError();
    }
  }
}
