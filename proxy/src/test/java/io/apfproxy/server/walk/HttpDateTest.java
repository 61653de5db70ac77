package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HttpDateTest {
  private final ManualTime time = ManualTime.at(Instant.EPOCH);
  private final HttpDate date = new HttpDate(time);

  @Test
  void isWrittenAsTheStandardHasIt() {
    assertThat(date.text()).isEqualTo("Thu, 01 Jan 1970 00:00:00 GMT");
    time.advance(Duration.ofSeconds(784_111_777));
    assertThat(date.text()).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
  }

  @Test
  void isWrittenOnceASecond() {
    String first = date.text();
    time.advance(Duration.ofMillis(999));
    assertThat(date.text()).isSameAs(first);
    time.advance(Duration.ofMillis(1));
    assertThat(date.text()).isEqualTo("Thu, 01 Jan 1970 00:00:01 GMT");
  }

  @Test
  void followsAClockThatIsSetBack() {
    String first = date.text();
    time.advance(Duration.ofSeconds(5));
    date.text();
    time.advance(Duration.ofSeconds(-5));
    assertThat(date.text()).isEqualTo(first);
  }
}
