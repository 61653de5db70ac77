package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import io.vertx.core.Future;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A resolver on virtual time and a fake upstream, and who asks it. */
abstract class IdentityFixture {
  static final TestAuthority USERS = TestAuthority.named("users");
  static final TestAuthority PROXIES = TestAuthority.named("proxies");
  static final TestAuthority STRANGERS = TestAuthority.named("users");
  static final TestCertificate ALICE =
      USERS.leaf("alice").organization("dev").organization("ops").forClients().issue();
  static final TestCertificate PROXY = PROXIES.leaf("front").forClients().issue();

  static final RequestInfo LIST = RecordedRequests.info("GET", "/api/v1/namespaces/ns/pods");

  final ManualTime clock = ManualTime.at(Instant.now());
  final FakeReviews upstream = new FakeReviews();
  boolean anonymous = true;
  boolean constrained;
  boolean upstreamReadsUid = true;
  boolean upstreamHeadersKnown = true;

  /** Of users; read at each request. */
  List<X509Certificate> authorities = List.of(USERS.own().certificate());

  /** Of front proxies; read at each request. */
  List<X509Certificate> frontProxyAuthorities = List.of(PROXIES.own().certificate());

  IdentityFixture() {
    upstream.users.put("bob-token", new UserInfo("bob", "7", List.of("dev"), Map.of()));
  }

  ClientTrust trust() {
    return new ClientTrust(
        authorities,
        frontProxyAuthorities,
        List.of("front"),
        Heads.WITH_UID,
        upstreamReadsUid ? Heads.WITH_UID : FrontProxyHeaders.STANDARD,
        upstreamHeadersKnown);
  }

  RequestHead read(ClientRequest request) throws RefusedException {
    return new RequestHeadReader(this::trust, peer -> false).read(request);
  }

  StandardIdentityResolver resolver(String flag) {
    return new StandardIdentityResolver(
        this::trust,
        UpstreamIdentityPolicy.parse(List.of(flag.split(",")), true, true),
        new StandardIdentityResolver.Means(upstream, upstream, Runnable::run),
        () -> constrained,
        anonymous,
        address -> false,
        clock);
  }

  Identity identity(String flag, ClientRequest request) throws RefusedException {
    Future<Identity> answer = resolver(flag).resolve(read(request), LIST);
    assertThat(answer.failed()).as("%s", answer.cause()).isFalse();
    return answer.result();
  }

  RefusedException refusal(String flag, ClientRequest request) throws RefusedException {
    Future<Identity> answer = resolver(flag).resolve(read(request), LIST);
    assertThat(answer.failed()).as("refused").isTrue();
    return (RefusedException) answer.cause();
  }

  static List<String> lines(Identity identity) {
    Identity.Assertion told = identity.assertion();
    return Stream.concat(Stream.ofNullable(told.user()), told.others().stream())
        .map(line -> line.getKey() + ": " + line.getValue())
        .toList();
  }

  static String[] with(String first, String... others) {
    return Stream.concat(Stream.of(first), Arrays.stream(others)).toArray(String[]::new);
  }
}
