package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("I8")
class TurnLengthTest {
  private static final long TURN = TimeUnit.MICROSECONDS.toNanos(TurnLength.TURN_MICROS);

  private final TurnLength length = new TurnLength();

  @Test
  void startsWithTheMost() {
    assertThat(length.bytes()).isEqualTo(TurnLength.MOST);
  }

  @Test
  void staysAtTheMostWhileThatIsDoneInATurn() {
    for (int i = 0; i < 100; i++) {
      length.took(TurnLength.MOST, TURN);
    }

    assertThat(length.bytes()).isEqualTo(TurnLength.MOST);
  }

  /** Chunks of a byte: half a microsecond for six bytes, some five milliseconds for 64 KiB. */
  @Test
  void readsWhatIsDoneInATurn() {
    read(83, 100);

    assertThat(length.bytes()).isBetween(5_900, 6_100);
  }

  @Test
  void aTurnOfARecordOfTlsCountsWithThoseThatBroughtIt() {
    for (int record = 0; record < 20; record++) {
      for (int part = 0; part < 7; part++) {
        length.took(2_048, 0);
      }
      length.took(2_048, TURN / 8);
    }

    assertThat(length.bytes()).isEqualTo(TurnLength.MOST);
  }

  @Test
  void neverLessThanTheLeast() {
    length.took(1, Long.MAX_VALUE);
    length.took(0, Long.MAX_VALUE);

    assertThat(length.bytes()).isEqualTo(TurnLength.LEAST);
  }

  @Test
  void readsMoreAgainOnceTheBytesGiveLessWork() {
    read(1_000, 1_000);
    assertThat(length.bytes()).isEqualTo(TurnLength.LEAST);

    read(1, 1_000);

    assertThat(length.bytes()).isEqualTo(TurnLength.MOST);
  }

  private void read(int nanosAByte, int turns) {
    for (int i = 0; i < turns; i++) {
      int read = length.bytes();
      length.took(read, (long) nanosAByte * read);
    }
  }
}
