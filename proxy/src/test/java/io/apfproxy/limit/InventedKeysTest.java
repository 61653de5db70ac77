package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who invents keys leaves room for those of others. Specification limits.md L-26. */
class InventedKeysTest {
  /** Keys that are remembered for certain: so many have one set of eight places. */
  private static final int MOST = 2;

  private static final int INVENTED = 100;
  private static final int HONEST = 2;

  private final Limiting byNamespace = Limiting.of("limit").by("", MOST, RateLimit.NAMESPACE);

  private static FakeAsked in(LimitedProxy proxy, String user, String namespace) {
    return proxy.request("GET", "/api/v1/namespaces/" + namespace + "/pods/web-0", user);
  }

  private static long passing(LimitedProxy proxy, int number, IntFunction<FakeAsked> request) {
    int passing = 0;
    for (int i = 0; i < number; i++) {
      passing += proxy.ask(request.apply(i)).passes() ? 1 : 0;
    }
    return passing;
  }

  @Test
  @Tag("S61")
  void leavesPlacesToNamespacesOfOthers() {
    LimitedProxy proxy = new LimitedProxy(byNamespace.atATime(1));
    long invented = passing(proxy, INVENTED, i -> in(proxy, "mallory", "invented-" + i));
    assertThat(invented).as("6 of their own, and 1 that they share").isEqualTo(7);
    assertThat(passing(proxy, HONEST, i -> in(proxy, "alice", "shop-" + i))).isEqualTo(HONEST);
    assertThat(proxy.reading("limit").keys()).isEqualTo(6 + HONEST);
  }

  @Test
  @Tag("S61")
  void leavesTokensToNamespacesOfOthers() {
    // a burst of one, so that one alone takes of what is shared, for whom few can be taken
    LimitedProxy proxy = new LimitedProxy(byNamespace.tokens(1, "10s", 1, "0s"));
    for (int second = 0; second < 60; second++) {
      passing(proxy, INVENTED, i -> in(proxy, "mallory", "invented-" + i));
      if (second % 10 == 0) {
        assertThat(passing(proxy, HONEST, i -> in(proxy, "alice", "shop-" + i)))
            .as("after %d s", second)
            .isEqualTo(HONEST);
      }
      proxy.time.advance(Duration.ofSeconds(1));
    }
  }

  /** Bytes are charged to whoever began, though his bucket was full when he did. */
  @Test
  void leavesBytesToNamespacesOfOthers() {
    LimitedProxy proxy =
        new LimitedProxy(byNamespace.unit(RateLimit.BYTES).tokens(1 << 20, "1s", 1 << 20, "0s"));
    for (int i = 0; i < INVENTED; i++) {
      FakeAsked asked = in(proxy, "mallory", "invented-" + i);
      if (proxy.ask(asked).passes()) {
        Objects.requireNonNull(proxy.limits.meter(asked)).moved(0, 100 << 20);
      }
    }
    assertThat(passing(proxy, HONEST, i -> in(proxy, "alice", "shop-" + i))).isEqualTo(HONEST);
  }

  @Test
  void tellsStrangersApartByTheirAddresses() throws Exception {
    InetAddress mallory = InetAddress.getByName("192.0.2.1");
    InetAddress alice = InetAddress.getByName("192.0.2.2");
    Limiting byAgent = Limiting.of("limit").by("", MOST, RateLimit.USER_AGENT);
    for (RateLimit limit :
        new RateLimit[] {
          byNamespace.atATime(1),
          byAgent.atATime(1),
          byAgent.beforeAuthentication().tokens(1, "10s", 1, "0s")
        }) {
      LimitedProxy proxy = new LimitedProxy(limit);
      passing(proxy, INVENTED, i -> anonymous(proxy, mallory, "invented-" + i));
      assertThat(passing(proxy, HONEST, i -> anonymous(proxy, alice, "kubectl-" + i)))
          .isEqualTo(HONEST);
    }
  }

  private static FakeAsked anonymous(LimitedProxy proxy, InetAddress from, String name) {
    FakeAsked asked = in(proxy, "system:anonymous", name);
    asked.userAgent = name;
    asked.peer = from;
    return asked;
  }

  /** Nobody can invent his own name, group or address: there is room for all whom there is. */
  @Test
  void leavesNothingEmptyWhereNobodyInventsKeys() {
    LimitedProxy proxy =
        new LimitedProxy(Limiting.of("limit").by("", MOST, RateLimit.USER).atATime(1));
    assertThat(passing(proxy, INVENTED, i -> proxy.get("user-" + i))).isEqualTo(8 + 1);
  }
}
