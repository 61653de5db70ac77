package io.apfproxy.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.ManualTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Which requests the access log tells (V-92)")
class AccessLogTest {
  private static final long SLOW = TimeUnit.SECONDS.toNanos(1);

  @TempDir private Path folder;
  private int files;

  private static Account account(String auditId, long nanos) {
    Account account = new Account(0, auditId, "192.0.2.1", "GET", "/api", null);
    account.answered(200, nanos);
    account.ended(nanos);
    return account;
  }

  private List<String> lines(double sample, List<Account> accounts) throws Exception {
    Path file = folder.resolve("log" + files++);
    try (AccessLog log = AccessLog.open(file, sample, SLOW, new ManualTime())) {
      accounts.forEach(log::ended);
      assertThat(log.dropped()).isZero();
    }
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void allOfThem() throws Exception {
    assertThat(lines(1, List.of(account("a", 1), account("b", 1)))).hasSize(2);
  }

  @Test
  void aPartThatIsTheSameEverywhere() throws Exception {
    List<Account> accounts =
        IntStream.range(0, 4_000)
            .mapToObj(i -> account(new UUID(i * 0x9E3779B97F4A7C15L, i).toString(), 1))
            .toList();
    List<String> tenth = lines(0.1, accounts);
    assertThat(tenth.size()).isBetween(320, 480);
    assertThat(lines(0.1, accounts)).isEqualTo(tenth);
    List<String> half =
        lines(0.5, accounts).stream().map(line -> line.replace("0.5}", "0.1}")).toList();
    assertThat(half).as("a larger part has the smaller one in it").containsAll(tenth);
  }

  @Test
  void alwaysThoseThatWereRefusedCutOffFailedOrSlow() throws Exception {
    Account refused = account("refused", 1);
    refused.refused(new RefusedException(429, "TooManyRequests", "queue-full", "full"));
    Account cut = account("cut", 1);
    cut.cut("upstream-broke");
    Account left = account("left", 1);
    left.left();
    Account failed = account("failed", 1);
    failed.answered(500, 1);
    Account slow = account("slow", SLOW);
    Account fast = account("fast", SLOW - 1);
    List<String> told = lines(0, List.of(refused, cut, left, failed, slow, fast));
    assertThat(told).hasSize(5);
    assertThat(told).noneMatch(line -> line.contains("fast"));
  }
}
