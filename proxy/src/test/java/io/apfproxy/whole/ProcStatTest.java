package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ProcStatTest {
  private static final String REST =
      " S 1 4711 4711 0 -1 4194560 1 2 3 4 125 75 900 800 20 0 17 0 12345 1000 200 18446744073709551615";

  @Test
  void readsUserAndSystemTimeOfTheProcessItself() {
    ProcStat stat = ProcStat.parse("4711 (haproxy)" + REST);

    assertThat(stat).isEqualTo(new ProcStat("haproxy", 125, 75));
    assertThat(stat.cpuNanos()).isEqualTo(2_000_000_000L);
  }

  @Test
  void takesNamesWithSpacesAndParentheses() {
    assertThat(ProcStat.parse("4711 (a (b) 1 2) c)" + REST))
        .isEqualTo(new ProcStat("a (b) 1 2) c", 125, 75));
  }

  @Test
  void refusesWhatIsNoSuchLine() {
    assertThatIllegalArgumentException().isThrownBy(() -> ProcStat.parse(""));
    assertThatIllegalArgumentException().isThrownBy(() -> ProcStat.parse("4711 (short)"));
    assertThatIllegalArgumentException().isThrownBy(() -> ProcStat.parse("4711 (short) S 1 2 3"));
  }
}
