package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a level decides does not depend on whom it holds to it, as long as what comes to it does
 * not; levels that may burst among them. Source: specification seeing.md V-33 to V-35, limits.md
 * L-66.
 */
class ShadowEqualityPropertyTest {
  private static final int RUNS = Integer.getInteger("apf.shadow.runs", 2_500);

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void decidesTheSameAtTheSameInstantsWhoeverIsHeldToIt(long part) {
    int decisions = 0;
    int inShadow = 0;
    int looks = 0;
    int bursts = 0;
    int waited = 0;
    int refused = 0;
    for (long seed = part * RUNS; seed < (part + 1) * RUNS; seed++) {
      OpenLoad load = OpenLoad.random(new Random(seed));

      ShadowWorld enforced = ShadowWorld.enforcing(load).run();
      ShadowWorld shadow = ShadowWorld.holding(load, new Random(~seed)).run();

      assertThat(shadow.fates()).as("fates with seed %d", seed).isEqualTo(enforced.fates());
      assertThat(shadow.levels()).as("levels with seed %d", seed).isEqualTo(enforced.levels());
      assertThat(shadow.waits()).as("waits with seed %d", seed).isEqualTo(enforced.waits());
      assertThat(shadow.refusals())
          .as("refusals with seed %d", seed)
          .isEqualTo(enforced.refusals());
      assertThat(shadow.heldBackInShadow()).as("held back with seed %d", seed).isZero();
      assertThat(shadow.left()).as("left over with seed %d", seed).isZero();
      decisions += enforced.fates().size();
      inShadow += shadow.inShadow();
      bursts += shadow.mostBursting();
      looks += enforced.levels().size();
      waited += enforced.waits().size();
      refused += enforced.refusals().size();
    }
    System.out.printf(
        "shadow against enforced, part %d: %d runs, %d decisions compared, %d of them in shadow, %d"
            + " waited, %d refused; %d looks at levels%n",
        part, RUNS, decisions, inShadow, waited, refused, looks);
    assertThat(decisions).as("decisions compared").isGreaterThan(20 * RUNS);
    assertThat(inShadow).as("of them in shadow").isGreaterThan(10 * RUNS);
    assertThat(looks).as("looks at levels compared").isGreaterThan(30 * RUNS);
    assertThat(bursts).as("bursts seen").isGreaterThan(RUNS / 10);
    assertThat(waited).as("requests that waited").isGreaterThan(RUNS);
    assertThat(refused).as("requests that were refused").isGreaterThan(RUNS);
  }
}
