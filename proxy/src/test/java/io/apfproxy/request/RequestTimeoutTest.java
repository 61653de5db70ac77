package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Specification apf-queueing.md 3.4 and the last row of security.md 4. */
class RequestTimeoutTest {
  private final RequestTimeout timeout = new RequestTimeout(Duration.ofMinutes(1));

  @ParameterizedTest
  @CsvSource({
    "'', PT1M, PT15S",
    "timeout=, PT1M, PT15S",
    "timeout=20s, PT20S, PT5S",
    "timeout=1ns, PT0.000000001S, PT0S",
    "timeout=-1s, PT1M, PT15S",
    "timeout=0, PT1M, PT15S",
    "timeout=9999h, PT1M, PT15S",
    "timeout=8s&timeout=x, PT8S, PT2S",
  })
  void takesTheParameterUpToTheMaximum(String query, Duration allowance, Duration wait)
      throws Exception {
    long nanos = timeout.allowanceNanos(info("POST", "/api/v1/pods"), query);

    assertThat(Duration.ofNanos(nanos)).isEqualTo(allowance);
    assertThat(Duration.ofNanos(timeout.queueWaitNanos(nanos))).isEqualTo(wait);
  }

  @Test
  void refusesAMalformedParameter() throws Exception {
    RequestInfo info = info("POST", "/api/v1/pods");

    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class, () -> timeout.allowanceNanos(info, "timeout=-1"));

    assertThat(refused.code()).isEqualTo(400);
  }

  @Test
  void givesLongRunningRequestsNoDeadlineButAQueueLimit() throws Exception {
    long nanos = timeout.allowanceNanos(info("GET", "/api/v1/pods?watch=1"), "watch=1&timeout=x");

    assertThat(nanos).isEqualTo(RequestTimeout.NONE);
    assertThat(timeout.queueWaitNanos(nanos)).isEqualTo(Duration.ofSeconds(15).toNanos());
  }

  @Test
  void neverWaitsLongerThanAMinuteInAQueue() throws Exception {
    RequestTimeout generous = new RequestTimeout(Duration.ofMinutes(8));

    assertThat(generous.queueWaitNanos(RequestTimeout.NONE))
        .isEqualTo(Duration.ofMinutes(1).toNanos());
  }

  private static RequestInfo info(String method, String target) throws RefusedException {
    return RequestInfoParser.parse(method, RequestTarget.parse(target));
  }
}
