package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Totals of watches (L-74)")
class WatchMetersTest {
  private static final String WATCH = "/api/v1/pods?watch=1";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WatchMeters meters = new WatchMeters(registry);

  private void end(String target, int code, Consumer<Account> how) throws RefusedException {
    Account account = new Account(1, "id", "192.0.2.1", "GET", target, null);
    account.understood(RequestInfoParser.parse("GET", RequestTarget.parse(target)));
    account.answered(code, 2);
    how.accept(account);
    meters.ended(account);
  }

  private double ended(String why) {
    return registry.get("apf_proxy_watches_ended").tag("why", why).counter().count();
  }

  @Test
  void sayWhyWatchesEnded() throws RefusedException {
    end(WATCH, 200, account -> {});
    end(WATCH, 200, account -> account.cut("upstream-broken"));
    end(WATCH, 200, Account::left);
    end(WATCH, 200, account -> account.cut("slow-reader"));
    end(WATCH, 200, account -> account.finished("shutdown"));
    end(WATCH, 200, account -> account.finished("gave-way"));

    assertThat(ended("upstream")).isEqualTo(2);
    assertThat(ended("client")).isEqualTo(1);
    assertThat(ended("slow-reader")).isEqualTo(1);
    assertThat(ended("shutdown")).isEqualTo(1);
    assertThat(ended("gave-way")).isEqualTo(1);
  }

  @Test
  void countNoListsAndNoWatchesThatDidNotBegin() throws RefusedException {
    end("/api/v1/pods", 200, account -> {});
    end(WATCH, 410, account -> {});

    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .noneMatch(id -> id.getName().equals("apf_proxy_watches_ended"));
  }

  @Test
  void countBytesAndPieces() {
    meters.watchPiece(100);
    meters.watchPiece(23);

    assertThat(registry.get("apf_proxy_watch_bytes").counter().count()).isEqualTo(123);
    assertThat(registry.get("apf_proxy_watch_pieces").counter().count()).isEqualTo(2);
  }
}
