package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.gate.FakeAsked;
import io.apfproxy.gate.GateChain;
import io.apfproxy.gate.Passage;
import io.apfproxy.request.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PlacesPerUserTest {
  private static PlacesPerUser tunnels(int most, int mostOfUser) {
    return new PlacesPerUser("tunnels", most, mostOfUser, asked -> true);
  }

  /** Takes one place; the result gives it back. */
  private static Runnable take(PlacesPerUser places, String user, Runnable onGiveWay)
      throws RefusedException {
    Passage passage = new GateChain(List.of(places)).passage(new FakeAsked(user, onGiveWay));
    assertThat(passage).isNotNull();
    assertThat(passage.goOn(0)).isZero();
    return passage::giveBack;
  }

  private static Runnable take(PlacesPerUser places, String user) throws RefusedException {
    return take(places, user, () -> {});
  }

  private static void expectRefusal(PlacesPerUser places, String user, String rule) {
    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> take(places, user));
    assertThat(refusal.code()).isEqualTo(429);
    assertThat(refusal.reason()).isEqualTo("TooManyRequests");
    assertThat(refusal.rule()).isEqualTo(rule);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(refusal.closesConnection()).isFalse();
  }

  private static long used(PlacesPerUser places, int bound) {
    return places.bounds().get(bound).used().getAsLong();
  }

  private static long overflows(PlacesPerUser places, int bound) {
    return places.bounds().get(bound).overflows().getAsLong();
  }

  private static void take(PlacesPerUser places, String user, int number) throws RefusedException {
    for (int i = 0; i < number; i++) {
      take(places, user);
    }
  }

  @Test
  @Tag("S58")
  void letsAUserHaveWhatNobodyElseNeeds() throws RefusedException {
    PlacesPerUser places = tunnels(10, 2);
    take(places, "alice", 8);
    expectRefusal(places, "alice", "tunnels-of-user");
    assertThat(used(places, 0)).isEqualTo(8);
    assertThat(used(places, 1)).isEqualTo(8);
    assertThat(overflows(places, 1)).isEqualTo(1);
  }

  @Test
  @Tag("S58")
  void keepsTheLastFifthForThoseBelowTheirShare() throws RefusedException {
    PlacesPerUser places = tunnels(10, 2);
    Runnable first = take(places, "alice");
    take(places, "alice", 7);
    take(places, "bob", 1);
    expectRefusal(places, "alice", "tunnels-of-user");
    take(places, "bob", 1);
    expectRefusal(places, "bob", "tunnels-of-user");
    first.run();
    expectRefusal(places, "alice", "tunnels-of-user");
  }

  @Test
  @Tag("S58")
  void makesTheOneWithMostGiveWayToWhoHasLessThanItsShare() throws RefusedException {
    PlacesPerUser places = tunnels(10, 2);
    List<Integer> asked = new ArrayList<>();
    List<Runnable> held = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      held.add(take(places, "alice", () -> asked.add(number)));
    }
    take(places, "bob", 2);
    for (int i = 0; i < 3; i++) {
      take(places, "user" + i, 2); // ten are taken: each of these takes the place of one of alice's
    }
    assertThat(asked).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(used(places, 0)).isEqualTo(10);
    assertThat(used(places, 1)).isEqualTo(2);
    expectRefusal(places, "dave", "tunnels-total"); // nobody has more than a share
    held.forEach(Runnable::run);
    assertThat(used(places, 0)).isEqualTo(8);
  }

  @Test
  void asksOnlySoManyToGiveWayBeforeTheyAreGone() throws RefusedException {
    PlacesPerUser places = tunnels(200, 2);
    List<Runnable> asked = new ArrayList<>();
    List<Runnable> held = new ArrayList<>();
    for (int i = 0; i < 160; i++) {
      held.add(take(places, "alice", () -> asked.add(() -> {})));
    }
    for (int i = 0; i < 40 + 64; i++) {
      take(places, "user" + i);
    }
    assertThat(asked).hasSize(64);
    expectRefusal(places, "dave", "tunnels-total");
    held.get(0).run();
    take(places, "dave");
  }

  @Test
  void holdsAShareOfNothingAlways() throws RefusedException {
    PlacesPerUser places = tunnels(0, 2);
    take(places, "alice", 2);
    expectRefusal(places, "alice", "tunnels-of-user");
  }

  @Test
  void refusesAllWhenAllPlacesAreTaken() throws RefusedException {
    PlacesPerUser places = tunnels(3, 0);
    List<Runnable> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      taken.add(take(places, "alice"));
    }
    expectRefusal(places, "bob", "tunnels-total");
    assertThat(overflows(places, 0)).isEqualTo(1);
    assertThat(overflows(places, 1)).isZero();
    taken.forEach(Runnable::run);
    assertThat(used(places, 0)).isZero();
    assertThat(used(places, 1)).isZero();
    take(places, "bob");
  }

  @Test
  void takesAPlaceBackOnce() throws RefusedException {
    PlacesPerUser places = tunnels(0, 0);
    Runnable leaves = take(places, "alice");
    take(places, "alice");
    leaves.run();
    leaves.run();
    assertThat(used(places, 0)).isEqualTo(1);
    assertThat(used(places, 1)).isEqualTo(1);
  }
}
