package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.apfproxy.request.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserPlacesTest {
  private static void expectRefusal(UserPlaces places, String user, String rule) {
    RefusedException refusal =
        catchThrowableOfType(RefusedException.class, () -> places.take(user));
    assertThat(refusal.code()).isEqualTo(429);
    assertThat(refusal.reason()).isEqualTo("TooManyRequests");
    assertThat(refusal.rule()).isEqualTo(rule);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(refusal.closesConnection()).isFalse();
  }

  private static long used(UserPlaces places, int bound) {
    return places.bounds().get(bound).used().getAsLong();
  }

  private static long overflows(UserPlaces places, int bound) {
    return places.bounds().get(bound).overflows().getAsLong();
  }

  @Test
  void refusesAUserWhoHasAllThatOneMayHave() throws RefusedException {
    UserPlaces places = new UserPlaces("tunnels", 10, 2);
    Runnable first = places.take("alice");
    places.take("alice");
    expectRefusal(places, "alice", "tunnels-of-user");
    places.take("bob");
    assertThat(used(places, 0)).isEqualTo(3);
    assertThat(used(places, 1)).isEqualTo(2);
    assertThat(overflows(places, 1)).isEqualTo(1);
    first.run();
    places.take("alice");
    expectRefusal(places, "alice", "tunnels-of-user");
  }

  @Test
  void refusesAllWhenAllPlacesAreTaken() throws RefusedException {
    UserPlaces places = new UserPlaces("tunnels", 3, 0);
    List<Runnable> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      taken.add(places.take("alice"));
    }
    expectRefusal(places, "bob", "tunnels-total");
    assertThat(overflows(places, 0)).isEqualTo(1);
    assertThat(overflows(places, 1)).isZero();
    taken.forEach(Runnable::run);
    assertThat(used(places, 0)).isZero();
    assertThat(used(places, 1)).isZero();
    places.take("bob");
  }

  @Test
  void takesAPlaceBackOnce() throws RefusedException {
    UserPlaces places = new UserPlaces("tunnels", 0, 0);
    Runnable leaves = places.take("alice");
    places.take("alice");
    leaves.run();
    leaves.run();
    assertThat(used(places, 0)).isEqualTo(1);
    assertThat(used(places, 1)).isEqualTo(1);
  }
}
