package io.apfproxy.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RequestInfo;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Targets as recordings have them. */
class RecordedTargetTest {
  private static final Naming HASHED = new HashedNaming(Recorded.KEY);

  private static String target(String asked) {
    return asked.substring(asked.indexOf(' ') + 1);
  }

  private static String recorded(Naming naming, String asked) {
    return naming.target(LiveTraffic.info(asked), target(asked));
  }

  static Stream<String> asked() {
    return Stream.concat(
        LiveTraffic.ASKED.stream(),
        Stream.of(
            "GET /api/v1/namespaces/n/pods/p/exec?command=canary&stdin=true",
            "GET /api/v1/namespaces/n/services/s:80/proxy/canary/path?x=canary",
            "GET /api/v1/proxy/namespaces/n/services/s/canary",
            "GET /apis/example.com/v1/watch/widgets?sendInitialEvents=0",
            "GET /api/v1/pods?watch&resourceVersionMatch=odd&sendInitialEvents=yes",
            "GET /api/v1/pods?%6cimit=5&timeoutSeconds=%2B7",
            "GET /api/v1/pods?limit=&labelSelector=%21%21canary&fieldSelector=metadata.name%3Dcanary",
            "GET /api/v1/pods?limit=99999999999999999999",
            "PUT /api/v1/namespaces/canary/finalize",
            "HEAD /version?timeout=nonsense",
            "OPTIONS /api/v1/pods"));
  }

  @ParameterizedTest
  @MethodSource("asked")
  void askTheSame(String asked) {
    RequestInfo was = LiveTraffic.info(asked);
    String method = asked.substring(0, asked.indexOf(' ') + 1);
    RequestInfo plain = LiveTraffic.info(method + recorded(Naming.PLAIN, asked));
    assertThat(plain).isEqualTo(was);
    RequestInfo hashed = LiveTraffic.info(method + recorded(HASHED, asked));
    assertThat(what(hashed)).isEqualTo(what(was));
    assertThat(hashed.namespace()).isEqualTo(HASHED.other(was.namespace()));
    assertThat(hashed.name().isEmpty()).isEqualTo(was.name().isEmpty());
  }

  private static List<Object> what(RequestInfo info) {
    return List.of(
        info.resourceRequest(),
        info.resourceRequest() ? "" : info.path(),
        info.verb(),
        info.apiPrefix(),
        info.apiGroup(),
        info.apiVersion(),
        info.resource(),
        info.subresource());
  }

  @Test
  @Tag("S23")
  void leaveOutWhatMayBeSecret() {
    String asked = "GET /api/v1/namespaces/n/pods/p/exec?command=canary&x=canary&continue=canary";
    assertThat(recorded(Naming.PLAIN, asked))
        .isEqualTo("/api/v1/namespaces/n/pods/p/exec?continue=x");
    assertThat(recorded(Naming.PLAIN, "GET /api/v1/pods?limit=5&labelSelector=a%20b%3Dc"))
        .isEqualTo("/api/v1/pods?labelSelector=a%20b%3Dc&limit=5");
  }

  @Test
  @Tag("V-57")
  void keepOfSelectorsWhatWidthNeeds() {
    String space = HASHED.other("space");
    assertThat(recorded(HASHED, "GET /api/v1/namespaces/space/pods/name/status"))
        .isEqualTo("/api/v1/namespaces/" + space + "/pods/x/status");
    assertThat(recorded(HASHED, "GET /api/v1/pods?fieldSelector=spec.nodeName%3Dn&labelSelector=a"))
        .isEqualTo("/api/v1/pods?labelSelector=x&fieldSelector=spec.nodeName%3Dx");
    assertThat(recorded(HASHED, "GET /api/v1/pods?fieldSelector=metadata.name%3Dn&watch=1"))
        .isEqualTo("/api/v1/pods?watch=true&fieldSelector=metadata.name%3Dx");
    assertThat(recorded(HASHED, "GET /api/v1/pods?fieldSelector=status.phase%3Dn&continue=c"))
        .isEqualTo("/api/v1/pods?continue=x&fieldSelector=x%3Dx");
  }
}
