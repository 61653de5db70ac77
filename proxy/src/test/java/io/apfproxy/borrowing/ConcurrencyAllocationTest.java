package io.apfproxy.borrowing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.borrowing.ConcurrencyAllocation.Claim;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where rounding decides, as it does in the reference. */
class ConcurrencyAllocationTest {
  @Test
  void givesUpWhereRoundingKeepsItFromTheSum() {
    List<Claim> claims =
        List.of(
            new Claim(0, 0, 1e7),
            new Claim(51551.465397598426, 51551.465397598426, 51551.465397598426),
            new Claim(1786685.6020411523, 936346.864275969, 1786685.6020411523),
            new Claim(512183.3848616448, 512183.3848616448, 1015232.4224295217),
            new Claim(1043715.6765392986, 704169.3006739801, 1333085.0020903628));

    assertThatThrownBy(() -> ConcurrencyAllocation.of(14_186_554, claims))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rounding");
  }
}
