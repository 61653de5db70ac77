package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.limit.LimitedProxy.Fate;
import io.apfproxy.source.ObjectDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The files of {@code deploy/examples} do what their first lines and docs/limits.md say of them: as
 * they stand there, in virtual time.
 */
@Tag("L-34")
class ExampleLimitsTest {
  private static final Path EXAMPLES = Path.of("..", "deploy", "examples");
  private static final String SERVICE_ACCOUNTS = "system:serviceaccounts";
  private static final String[] KNOWN = {"system:authenticated"};

  private static LimitedProxy example(String file) {
    List<RateLimit> limits = new ArrayList<>();
    YAMLMapper yaml = new YAMLMapper();
    try (var documents =
        yaml.readerFor(JsonNode.class)
            .<JsonNode>readValues(
                new YAMLFactory().createParser(EXAMPLES.resolve(file).toFile()))) {
      while (documents.hasNext()) {
        limits.add(
            (RateLimit)
                ObjectDecoder.written(documents.next(), file).object().orElseThrow().content());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new LimitedProxy(limits.toArray(RateLimit[]::new));
  }

  private static List<Fate> ask(LimitedProxy proxy, int times, Supplier<FakeAsked> request) {
    return IntStream.range(0, times).mapToObj(any -> proxy.ask(request.get())).toList();
  }

  private static long refused(List<Fate> fates) {
    return fates.stream().filter(fate -> fate.refusal() != null).count();
  }

  /** The leaky bucket: a constant outflow; what flows over is lost. */
  @Test
  void anAgentGoesOnAtAnEvenPaceAndSixtyWaitForTheirTurn() {
    LimitedProxy proxy = example("ratelimit-per-agent.yaml");
    Supplier<FakeAsked> argocd =
        () -> {
          FakeAsked asked = proxy.request("GET", LimitedProxy.PODS, "argocd", KNOWN);
          asked.userAgent = "argocd-application-controller/v2.11";
          return asked;
        };

    List<Fate> fates = ask(proxy, 100, argocd);

    assertThat(refused(fates)).isEqualTo(100 - 61);
    for (int i = 0; i <= 60; i++) {
      assertThat(TimeUnit.NANOSECONDS.toMicros(fates.get(i).nanos()))
          .isBetween(i * 1_000_000L / 30, i * 1_000_000L / 30 + 1);
    }
    assertThat(proxy.ask(proxy.request("GET", LimitedProxy.PODS, "argocd", KNOWN)).passes())
        .as("the same user's kubectl")
        .isTrue();
  }

  /** The token bucket: a burst after a pause, then the rate; who has no token waits for it. */
  @Test
  void aUserHasFiftyASecondAndAHundredAtOnceAndCiFourTimesThat() {
    LimitedProxy proxy = example("ratelimit-per-user.yaml");
    Supplier<FakeAsked> alice = () -> proxy.request("GET", LimitedProxy.PODS, "alice", KNOWN);
    Supplier<FakeAsked> ci =
        () -> proxy.request("GET", LimitedProxy.PODS, "ci-1", "system:authenticated", "ci");

    List<Fate> fates = ask(proxy, 200, alice);
    assertThat(fates.subList(0, 100)).allMatch(Fate::passes);
    assertThat(fates.get(100).nanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1) / 50);
    assertThat(fates.get(149).nanos()).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    assertThat(refused(fates)).isEqualTo(50);
    assertThat(proxy.passing(1_000, ci)).isEqualTo(400);
    assertThat(proxy.passing(200, () -> proxy.request("GET", LimitedProxy.PODS, "bob", KNOWN)))
        .as("a bucket of his own")
        .isEqualTo(100);
    assertThat(
            proxy.passing(
                5_000, () -> proxy.request("GET", LimitedProxy.PODS, "n1", "system:nodes")))
        .isEqualTo(5_000);

    proxy.time.advance(Duration.ofSeconds(11)); // 1 s for those that wait, and 2 s for a burst
    assertThat(proxy.passing(200, alice)).isEqualTo(100);
  }

  @Test
  void theListsOfATenantHaveFiveHundredSeatsAMinute() {
    LimitedProxy proxy = example("ratelimit-tenant-lists.yaml");
    proxy.listSeats = 100;
    Supplier<FakeAsked> shop = () -> list(proxy, "shop");

    assertThat(proxy.passing(10, shop)).as("200 at once").isEqualTo(2);
    Fate late = proxy.ask(list(proxy, "shop"));
    assertThat(Objects.requireNonNull(late.refusal()).retryAfterSeconds())
        .as("12 s for 100 seats, less the 5 s that it would have waited")
        .isEqualTo(7);
    proxy.listSeats = 1;
    assertThat(proxy.passing(1_000, () -> list(proxy, "bank"))).as("pages").isEqualTo(200);
    assertThat(proxy.passing(1_000, () -> list(proxy, "kube-system"))).isEqualTo(1_000);
    proxy.time.advance(Duration.ofMinutes(1));
    proxy.listSeats = 100;
    assertThat(proxy.passing(10, shop)).as("what a minute brings, up to 200").isEqualTo(2);
  }

  private static FakeAsked list(LimitedProxy proxy, String namespace) {
    return proxy.request(
        "GET",
        LimitedProxy.PODS,
        "system:serviceaccount:" + namespace + ":app",
        SERVICE_ACCOUNTS,
        SERVICE_ACCOUNTS + ":" + namespace);
  }

  @Test
  void kubectlOfAnAddressHasTwentyASecondAndSixtyAtOnce() throws IOException {
    LimitedProxy proxy = example("ratelimit-by-address.yaml");
    InetAddress office = InetAddress.getByName("192.0.2.1");
    Supplier<FakeAsked> kubectl =
        () -> {
          FakeAsked asked = proxy.get("anybody");
          asked.userAgent = "kubectl/v1.31";
          asked.peer = office;
          return asked;
        };

    assertThat(proxy.passing(100, kubectl)).isEqualTo(60);
    proxy.time.advance(Duration.ofSeconds(1));
    assertThat(proxy.passing(100, kubectl)).isEqualTo(20);
    Fate refused = proxy.ask(kubectl.get(), proxy.limits.beforeAuthentication());
    assertThat(refused.refusal()).as("before anybody is asked who it is").isNotNull();
  }

  /** Limits in flight: not how often, but how many at a time. */
  @Test
  void aNamespaceHasTwentyWatchesAtATime() {
    LimitedProxy proxy = example("ratelimit-namespace-watches.yaml");
    Supplier<FakeAsked> watch =
        () -> proxy.request("GET", LimitedProxy.PODS + "?watch=true", "alice", KNOWN);

    List<Fate> fates = ask(proxy, 25, watch);
    assertThat(refused(fates)).isEqualTo(5);
    assertThat(proxy.ask(proxy.request("GET", "/api/v1/pods?watch=true", "alice", KNOWN)).passes())
        .as("of all namespaces")
        .isTrue();
    fates.get(0).end();
    assertThat(proxy.passing(2, watch)).isEqualTo(1);
  }

  /** Bandwidth shaping: a token bucket of bytes before a stream. */
  @Test
  void streamsOfAUserAreSlowedDownToEightMebibytesASecond() {
    LimitedProxy proxy = example("ratelimit-bytes.yaml");
    FakeAsked log = proxy.request("GET", LimitedProxy.PODS + "/web-0/log", "alice", KNOWN);
    assertThat(proxy.ask(log).passes()).isTrue();
    ByteMeter meter = Objects.requireNonNull(proxy.limits.meter(log));

    long begun = proxy.time.nanoTime();
    for (long bytes = 0; bytes < 64 << 20; ) {
      bytes += 64 << 10;
      proxy.time.advance(Duration.ofNanos(meter.moved(0, bytes)));
    }

    double seconds = (proxy.time.nanoTime() - begun) / 1e9;
    assertThat(seconds).as("16 MiB at once, 48 at 8 MiB/s").isBetween(5.98, 6.0);
    assertThat(proxy.limits.meter(proxy.request("GET", LimitedProxy.PODS, "alice", KNOWN)))
        .as("a list")
        .isNull();
  }
}
