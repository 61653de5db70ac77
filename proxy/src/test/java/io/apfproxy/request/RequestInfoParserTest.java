package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of specification apf-config.md 2.3 and security.md 4. */
class RequestInfoParserTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /healthz, get",
    "HEAD, /healthz, head",
    "POST, /x, post",
    "GET, /api, get",
    "GET, /api/v1, get",
    "GET, /api/v1/, get",
    "GET, /apis, get",
    "GET, /apis/apps/v1, get",
    "GET, /API/v1/pods, get",
    "GET, /healthz/../api/v1/secrets, get",
    "GET, /healthz%2f..%2fapi, get",
    "GET, /version?watch=1&follow=true, get",
  })
  void leavesOtherPathsNonResource(String method, String target, String verb) throws Exception {
    RequestInfo info = parse(method, target);

    assertThat(info.resourceRequest()).isFalse();
    assertThat(info.verb()).isEqualTo(verb);
    assertThat(LongRunning.isLongRunning(info)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET     | /api/v1/nodes                                     | list             | ''  | nodes               | ''",
        "HEAD    | /api/v1/nodes                                     | list             | ''  | nodes               | ''",
        "OPTIONS | /api/v1/nodes                                     | ''               | ''  | nodes               | ''",
        "get     | /api/v1/nodes                                     | ''               | ''  | nodes               | ''",
        "GET     | /api/v1/namespaces                                | list             | ''  | namespaces          | ''",
        "GET     | /api/v1/namespaces/ns1                            | get              | ns1 | namespaces          | ns1",
        "PUT     | /api/v1/namespaces/ns1/finalize                   | update           | ns1 | namespaces/finalize | ns1",
        "GET     | /apis/foo.io/v1/namespaces/ns1/status             | get              | ns1 | namespaces/status   | ns1",
        "GET     | /api/v1/namespaces//pods                          | list             | ''  | pods                | ''",
        "POST    | /api/v1/namespaces/ns1/pods/p/exec                | create           | ns1 | pods/exec           | p",
        "DELETE  | /api/v1/namespaces/ns1/pods?fieldSelector=metadata.name=p | deletecollection | ns1 | pods       | ''",
        "GET     | /api/v1/pods?watch                                | watch            | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=                               | watch            | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=1                              | watch            | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=no                             | watch            | ''  | pods                | ''",
        "GET     | /api/v1/pods?%77atch=1                            | watch            | ''  | pods                | ''",
        "HEAD    | /api/v1/pods?watch=1                              | watch            | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=0                              | list             | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=FALSE                          | list             | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=false&watch=true               | list             | ''  | pods                | ''",
        "GET     | /api/v1/pods?watch=true;limit=1                   | list             | ''  | pods                | ''",
        "GET     | /api/v1/pods/p?watch=true                         | get              | ''  | pods                | p",
        "GET     | /api/v1/pods?watch=true&limit=abc                 | watch            | ''  | pods                | ''",
        "GET     | /api/v1/pods?limit=abc&fieldSelector=metadata.name=x | list          | ''  | pods                | ''",
        "GET     | /api/v1/namespaces/ns1/pods?watch=1&fieldSelector=metadata.name==p1,spec.x!=y | watch | ns1 | pods | p1",
        "GET     | /api/v1/pods?fieldSelector=metadata.name=b,metadata.name=a | list    | ''  | pods                | a",
        "GET     | /api/v1/watch/namespaces/ns1/pods/p               | watch            | ns1 | pods                | p",
        "POST    | /api/v1/watch/pods                                | watch            | ''  | pods                | ''",
        "DELETE  | /api/v1/watch/pods                                | watch            | ''  | pods                | ''",
        "GET     | /api/v1/proxy/namespaces/ns1/pods/p/log           | proxy            | ns1 | pods                | p",
        "GET     | /api/v1/namespaces/ns1/pods/p/proxy/a/b           | get              | ns1 | pods/proxy          | p",
        "GET     | /api/v1/pods//log                                 | list             | ''  | pods/log            | ''",
        "GET     | /api/v1//pods                                     | get              | ''  | ''                  | pods",
        "GET     | /api/v1/namespaces/ns1/pods%2Fx                   | get              | ns1 | pods                | x",
        "GET     | //api/v1/pods/                                    | list             | ''  | pods                | ''",
        "GET     | /api/v1/namespaces/a/../b/pods                    | get              | a   | ../pods             | b",
        "GET     | /api/v1/namespaces/a/%2e%2e/pods                  | get              | a   | ..                  | pods",
        "GET     | /api/v1/namespaces/a/./pods                       | get              | a   | .                   | pods",
        "GET     | /api/v1/namespaces/a/pods%2Fp%2fexec              | get              | a   | pods/exec           | p",
        "GET     | /api/v1/namespaces/a/pods/p%252Fexec              | get              | a   | pods                | p%2Fexec",
        "GET     | /api/v1/pods;x=1                                  | list             | ''  | pods;x=1            | ''",
        "GET     | /api/v1/pods;/watch                               | get              | ''  | pods;               | watch",
        "GET     | /api/v1/Pods                                      | list             | ''  | Pods                | ''",
        "GET     | http://169.254.169.254/api/v1/pods?watch=1        | watch            | ''  | pods                | ''",
      })
  void readsResourceRequestsAsTheReference(
      String method, String target, String verb, String namespace, String resource, String name)
      throws Exception {
    RequestInfo info = parse(method, target);

    assertThat(info.resourceRequest()).isTrue();
    assertThat(info.verb()).isEqualTo(verb);
    assertThat(info.namespace()).isEqualTo(namespace);
    assertThat(
            info.subresource().isEmpty()
                ? info.resource()
                : info.resource() + "/" + info.subresource())
        .isEqualTo(resource);
    assertThat(info.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/watch", "/api/v1/proxy", "/apis/apps/v1/watch"})
  void failsAsUpstreamWhereThePathStopsAtItsVerb(String target) {
    RefusedException refused =
        catchThrowableOfType(RefusedException.class, () -> parse("GET", target));

    assertThat(refused.code()).isEqualTo(500);
    assertThat(refused.reason()).isEqualTo("InternalError");
    assertThat(refused.closesConnection()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"metadata.name=a=b", "metadata.name=a!=b", "===x", "metadata.name=a\\x"})
  void takesNoNameFromAMalformedFieldSelector(String selector) throws Exception {
    RequestInfo info = parse("GET", "/api/v1/pods?fieldSelector=" + selector);

    assertThat(info.name()).isEmpty();
    assertThat(info.fieldSelector()).isEqualTo(selector);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/pods/p/log, true",
    "GET, /apis/any.io/v1/things/x/portforward, true",
    "POST, /api/v1/namespaces/a/pods%2Fp%2fexec, true",
    "GET, /debug/pprof/heap, true",
    "GET, /debug/pprof, false",
    "GET, /api/v1/pods?watch=1, false",
    "GET, /api/v1/pods/p?watch=1, false",
    "GET, /api/v1/pods/p/status, false",
  })
  void letsLongRunningRequestsOtherThanWatchesPast(String method, String target, boolean bypasses)
      throws Exception {
    assertThat(LongRunning.bypasses(parse(method, target))).isEqualTo(bypasses);
  }

  @Test
  void keepsInvalidUtf8OfANamespaceApart() throws Exception {
    String first = parse("GET", "/api/v1/namespaces/%ff/pods").namespace();
    String second = parse("GET", "/api/v1/namespaces/%fe/pods").namespace();

    assertThat(first).isNotEqualTo(second);
    assertThat(Utf8Bytes.encode(first)).containsExactly(0xff);
  }

  /** A path is up to 128 KiB, and who waits for seats keeps what was read of it. */
  @Test
  @Tag("S49")
  void makesNothingOfSegmentsThatNobodyAsksFor() throws Exception {
    RequestTarget target = RequestTarget.parse("/api/v1/namespaces/a/pods/p" + "/a".repeat(60_000));
    RequestInfoParser.parse("GET", target); // whatever the first one makes once

    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    RequestInfo info = RequestInfoParser.parse("GET", target);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(info.subresource()).isEqualTo("a");
    assertThat(allocated).isLessThan(8 << 10);
  }

  private static RequestInfo parse(String method, String target) throws RefusedException {
    return RequestInfoParser.parse(method, RequestTarget.parse(target));
  }
}
