package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HttpDateTest {
  private final ManualTime time = new ManualTime();
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
