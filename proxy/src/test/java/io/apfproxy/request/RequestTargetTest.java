package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Specification security.md 4, rules P1 to P6. */
@Tag("S49")
class RequestTargetTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "foo",
        "foo:bar",
        "example.com:443",
        "?watch=1",
        "ftp://h/x",
        "http:/x",
        "http://",
        "https:///x",
        "/api/v1/pods#?watch=1",
        "/a?b#c",
        "/\u00e9",
        "/a?\u0080",
        "/a b",
        "/a?b c",
        "/a\tb",
        "/a\u0000",
        "/a\u007f",
        "/a%zz",
        "/a%",
        "/a%2",
        "/a%2\u0661",
        "http://host/%zz",
        "http://host%2fa/b",
        "http://host%41/b",
        "http://host:port/b",
        "http://ho\\st/b",
        "http://[::1/b",
        "http://a@b@c/d",
      })
  void refusesWhatTwoPartiesCouldReadInTwoWays(String raw) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> RequestTarget.parse(raw));

    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(400);
    assertThat(refused.rule()).isEqualTo("request-target");
    assertThat(refused.closesConnection()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1//pods, /api/v1//pods, /api/v1//pods, ''",
    "//api/v1/pods/, //api/v1/pods/, //api/v1/pods/, ''",
    "/a/../b, /a/../b, /a/../b, ''",
    "/a+b%2Fc%252Fd, /a+b%2Fc%252Fd, /a+b/c%2Fd, ''",
    "/a?b=%zz&c;d, /a?b=%zz&c;d, /a, b=%zz&c;d",
    "/a??, /a??, /a, ?",
    "/a?, /a?, /a, ''",
    "http://h/x?y=/z, /x?y=/z, /x, y=/z",
    "HTTPS://u@h:1, /, /, ''",
    "http://h?a=b, /?a=b, /, a=b",
    "http://[::1]:1/x, /x, /x, ''",
    "http://u:p@a-b.c:/x, /x, /x, ''",
    "/http://h/x, /http://h/x, /http://h/x, ''",
  })
  void forwardsTheTargetAsReceived(String raw, String forwarded, String path, String query)
      throws Exception {
    RequestTarget target = RequestTarget.parse(raw);

    assertThat(target.forwarded()).isEqualTo(forwarded);
    assertThat(target.path()).isEqualTo(path);
    assertThat(target.query()).isEqualTo(query);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://h/x", "HTTPS://h", "x", "*", "", "/a b"})
  void readsAnHttp2PathInOriginFormOnly(String raw) throws Exception {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> RequestTarget.parsePath(raw));

    assertThat(refused.code()).isEqualTo(400);
    assertThat(refused.rule()).isEqualTo("request-target");
    assertThat(RequestTarget.parsePath("//a?b").forwarded()).isEqualTo("//a?b");
  }

  @Test
  void acceptsNulAndInvalidUtf8OncePercentEncoded() throws Exception {
    assertThat(RequestTarget.parse("/%00").path()).isEqualTo("/\u0000");
    assertThat(Utf8Bytes.encode(RequestTarget.parse("/%C3%28%ED%A0%80").path()))
        .containsExactly('/', 0xC3, 0x28, 0xED, 0xA0, 0x80);
  }

  @Test
  void refusesMoreParametersThanEveryUpstreamReads() throws Exception {
    String most = "/a?" + "x&".repeat(8191) + "x";
    assertThat(RequestTarget.parse(most).forwarded()).isEqualTo(most);

    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> RequestTarget.parse(most + "&x"));

    assertThat(refused.rule()).isEqualTo("query-pairs");
    assertThat(refused.code()).isEqualTo(400);
  }
}
