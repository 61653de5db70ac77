package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Sender;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** S47: whereto an upstream may send a client. */
@Tag("S47")
class RedirectsTest {
  private static final URI UPSTREAM = URI.create("https://10.0.0.1:6443/prefix");

  private static Outgoing asked(@Nullable String authority, boolean anywhere) {
    return new Outgoing(
        "GET",
        "/api/v1/pods",
        new HeaderLines(),
        new Sender(Credential.NONE, true, null, List.of()),
        "127.0.0.1",
        authority,
        "audit",
        "",
        false,
        LaneKind.SMALL,
        anywhere,
        List.of());
  }

  private static MultiMap to(String... locations) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (String location : locations) {
      headers.add("Location", location);
    }
    return headers;
  }

  private static void check(int code, MultiMap headers, Outgoing request) throws RefusedException {
    Redirects.check(code, headers, request, UPSTREAM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/api/v1/namespaces?limit=1#top",
        "/a//b?u=https://elsewhere/",
        "pods/a:b",
        "../services",
        "?watch=1",
        "#here",
        "https://proxy.example:8443/api",
        "HTTPS://Proxy.Example:8443",
        "//proxy.example:8443/api",
        "https://10.0.0.1:6443/api/v1/pods",
        "//10.0.0.1:6443?x"
      })
  void passesWhatStaysAtThisServer(String location) {
    assertThatCode(() -> check(302, to(location), asked("proxy.example:8443", false)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://elsewhere/",
        "//elsewhere/",
        "https://proxy.example/",
        "https://proxy.example:8444/",
        "http://proxy.example:8443/",
        "http://10.0.0.1:6443/",
        "https://proxy.example:8443@elsewhere/",
        "https://user@proxy.example:8443/",
        "https://proxy.example:8443.elsewhere/",
        "https://proxy.example:8443\\.elsewhere/",
        "https:///elsewhere/",
        "https:elsewhere",
        "https:/elsewhere",
        "///elsewhere",
        "/\\elsewhere",
        "\\\\elsewhere",
        "/\t/elsewhere",
        "\t//elsewhere",
        " //elsewhere",
        "/ /elsewhere",
        "javascript:alert(1)",
        "://elsewhere",
        "/\u00e9",
        "http://[::1",
      })
  void refusesWhatLeadsElsewhereOrMayDoSoForSomeClient(String location) {
    Throwable refusal =
        catchThrowable(() -> check(302, to(location), asked("proxy.example:8443", false)));
    assertThat(refusal)
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(502);
              assertThat(refused.reason()).isEqualTo("InternalError");
              assertThat(refused.rule()).isEqualTo("upstream-redirect");
              assertThat(refused.retryAfterSeconds()).isZero();
              assertThat(refused.getMessage()).doesNotContain("elsewhere", "10.0.0.1");
            });
  }

  @Test
  void looksAtEachLocation() {
    assertThat(catchThrowable(() -> check(302, to("/here", "//there"), asked("a", false))))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void takesThePortOfTheSchemeWhereNoneIsGiven() {
    assertThatCode(() -> check(302, to("https://a:443/"), asked("a", false)))
        .doesNotThrowAnyException();
    assertThatCode(() -> check(302, to("https://[fd00::7]/"), asked("[fd00::7]:443", false)))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                Redirects.check(
                    302, to("http://u/"), asked(null, false), URI.create("http://u:80")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 299, 400, 503})
  void leavesOtherResponsesAlone(int code) {
    assertThatCode(() -> check(code, to("https://elsewhere/"), asked("a", false)))
        .doesNotThrowAnyException();
  }

  @Test
  void letsThoseBehindTheSubresourceProxyGoAnywhere() {
    assertThatCode(() -> check(302, to("https://elsewhere/"), asked("a", true)))
        .doesNotThrowAnyException();
  }
}
