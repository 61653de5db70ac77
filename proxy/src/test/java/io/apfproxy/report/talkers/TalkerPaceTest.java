package io.apfproxy.report.talkers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Specification seeing.md V-16. */
final class TalkerPaceTest {
  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long SELDOM = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long NOW = 7;

  private final TalkerPace pace = new TalkerPace();
  private final TalkerRing ring = new TalkerRing(pace::filling);
  private final AtomicInteger told = new AtomicInteger();

  private void write(int records) {
    for (int i = 0; i < records; i++) {
      ring.write(new TalkerRecord());
    }
  }

  @Test
  void isSlowWhereLittleIsWritten() {
    write(TalkerRing.SLOTS / 4 - 1);

    assertThat(pace.next(NOW)).isEqualTo(NOW + SELDOM);
  }

  @Test
  void isFastOnceAQuarterOfARingIsWrittenAndWhoWaitsIsToldOnce() {
    pace.whenSooner(told::incrementAndGet);

    write(TalkerRing.SLOTS / 2);

    assertThat(pace.next(NOW)).isEqualTo(NOW + SOON);
    assertThat(told).hasValue(1);
  }

  @Test
  void isSlowAgainAfterTheTurn() {
    write(TalkerRing.SLOTS / 4);

    pace.turn();

    assertThat(pace.next(NOW)).isEqualTo(NOW + SELDOM);
  }

  @Test
  void aFloodFindsRoomUntilTheNextTurn() {
    write(TalkerRing.SLOTS);

    assertThat(pace.next(NOW)).isEqualTo(NOW + SOON);
    assertThat(ring.lost()).isZero();
  }
}
