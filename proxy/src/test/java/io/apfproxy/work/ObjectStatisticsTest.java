package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ObjectStatisticsTest {
  private static final ObjectReading KNOWN = new ObjectReading(ObjectReading.State.FRESH, 5, 100);

  private final ManualTime time = new ManualTime();

  @Test
  void polledFiguresGoStaleAfterThreeMinutesAndAreForgottenAfterTwoHours() {
    ObjectStatistics objects = ObjectStatistics.polled(time);
    objects.set("pods", 5, 100);

    time.advance(Duration.ofMinutes(3));
    assertThat(objects.read("pods")).isEqualTo(KNOWN);
    time.advance(Duration.ofNanos(1));
    assertThat(objects.read("pods")).isEqualTo(ObjectReading.STALE);
    time.advance(Duration.ofHours(2));
    assertThat(objects.read("pods")).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Test
  void learnedFiguresHoldForAnHourAndAreNeverStale() {
    ObjectStatistics objects = ObjectStatistics.learned(time);
    objects.set("pods", 5, 100);

    time.advance(Duration.ofHours(1));
    assertThat(objects.read("pods")).isEqualTo(KNOWN);
    time.advance(Duration.ofNanos(1));
    assertThat(objects.read("pods")).isEqualTo(ObjectReading.NOT_TRACKED);
  }

  @Test
  void tracksNoMoreResourcesThanItsBoundAndMakesRoomWhenOldOnesAreForgotten() {
    ObjectStatistics objects = ObjectStatistics.learned(time);
    for (int i = 0; i < ObjectStatistics.MOST_RESOURCES; i++) {
      objects.set("r" + i, 5, 100);
    }

    objects.set("pods", 5, 100);
    assertThat(objects.read("pods")).isEqualTo(ObjectReading.NOT_TRACKED);
    objects.set("r1", 6, 100);
    assertThat(objects.read("r1").count()).isEqualTo(6);

    time.advance(Duration.ofMinutes(61));
    objects.set("pods", 5, 100);
    assertThat(objects.read("pods")).isEqualTo(KNOWN);
  }
}
