package io.apfproxy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Account.End;
import io.apfproxy.request.RefusedException;
import org.junit.jupiter.api.Test;

class AccountTest {
  private final Account account = new Account(1, "id", "192.0.2.1", "GET", "/api", null);

  @Test
  void keepsNoMoreOfAUserAgentThanItsBound() {
    Account wordy = new Account(1, "id", "192.0.2.1", "GET", "/api", "x".repeat(100_000));
    assertThat(wordy.userAgent()).hasSize(1024);
    assertThat(account.userAgent()).isEmpty();
  }

  @Test
  void isForwardedUnlessSomethingElseHappened() {
    assertThat(account.end()).isEqualTo(End.FORWARDED);
    assertThat(account.bytesIn() + account.bytesOut()).isZero();
  }

  @Test
  void aRefusalStaysOneWhenItsClientThenLeaves() {
    account.refused(new RefusedException(429, "TooManyRequests", "queue-full", "full"));
    account.left();
    assertThat(account.end()).isEqualTo(End.REFUSED);
    assertThat(account.rule()).isEqualTo("queue-full");
  }

  @Test
  void aClientThatLeavesAsItsResponseEndsHasBeenServed() {
    account.left();
    assertThat(account.end()).isEqualTo(End.LEFT);
    account.complete();
    assertThat(account.end()).isEqualTo(End.FORWARDED);
  }

  @Test
  void aWatchThatCouldNotBeFinishedIsCut() {
    account.finished("shutdown");
    assertThat(account.end()).isEqualTo(End.FINISHED);
    account.cut("shutdown");
    account.complete();
    assertThat(account.end()).isEqualTo(End.CUT);
  }
}
