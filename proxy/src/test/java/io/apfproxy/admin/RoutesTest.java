package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table; what comes of it, {@link AdminServerIT} shows. */
class RoutesTest {
  private static final String DUMPS = "/debug/api_priority_and_fairness/";

  private final Routes routes =
      new Routes(
          new FakePages(), () -> new PageMill(null), new EventStreams(null, new FakePages()));

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
}
