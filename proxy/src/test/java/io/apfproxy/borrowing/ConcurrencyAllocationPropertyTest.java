package io.apfproxy.borrowing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.borrowing.ConcurrencyAllocation.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;

/** How levels share the seats of the server: random claims, by a seed. */
@Tag("S64")
class ConcurrencyAllocationPropertyTest {
  @RepeatedTest(200)
  void givesEachLevelTheSameProportionButForItsBounds(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Claim> claims = new ArrayList<>();
    int least = 0;
    int most = 0;
    for (int i = 0; i <= random.nextInt(10); i++) {
      int lower = random.nextInt(50);
      int upper = lower + random.nextInt(100);
      claims.add(new Claim(lower + 200 * random.nextDouble(), lower, upper));
      least += lower;
      most += upper;
    }
    int seats = least + random.nextInt(most - least + 1);

    ConcurrencyAllocation allocation = ConcurrencyAllocation.of(seats, claims);

    double sum = 0;
    for (int i = 0; i < claims.size(); i++) {
      Claim claim = claims.get(i);
      double share = allocation.shares().get(i);
      double even = allocation.proportion() * claim.target();
      double fair = Math.max(claim.lower(), Math.min(claim.upper(), even));
      assertThat(share).as("share %d of %s", i, claims).isCloseTo(fair, within(1e-6));
      sum += share;
    }
    assertThat(sum).isCloseTo(seats, within(1e-6));
  }
}
