package io.apfproxy.report.talkers;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.talkers.TopAnswer.Cell;
import io.apfproxy.report.talkers.TopAnswer.Row;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which names stand in the metrics; a look every two seconds of virtual time. */
@Tag("V-23")
class TopUsersTest {
  private final TopUsers users = new TopUsers(2);
  private long now;

  private static Row row(String name, double seatSeconds) {
    return new Row(
        name,
        Map.of(Measure.SEAT_SECONDS, new Cell(seatSeconds, 0), Measure.REFUSED, new Cell(120, 0)),
        Map.of(),
        true);
  }

  private List<String> look(int seconds, String... heaviestFirst) {
    List<Row> rows =
        IntStream.range(0, heaviestFirst.length)
            .mapToObj(i -> row(heaviestFirst[i], 600.0 / (i + 1)))
            .toList();
    for (int i = 0; i < seconds; i += 2) {
      now += TimeUnit.SECONDS.toNanos(2);
      users.look(now, 60, rows);
    }
    return names();
  }

  private List<String> names() {
    return users.users().stream().map(TopUsers.User::name).toList();
  }

  @Test
  void aNameComesInAfterAMinuteAmongTheFirst() {
    assertThat(look(60, "ann", "bob", "eve")).isEmpty();
    assertThat(look(2, "ann", "bob", "eve")).containsExactly("ann", "bob");
    assertThat(users.users())
        .containsExactly(new TopUsers.User("ann", 10, 2), new TopUsers.User("bob", 5, 2));
  }

  @Test
  void whoWasNotAmongTheFirstForAMomentBeginsAnew() {
    look(58, "ann");
    look(2, "bob", "eve", "ann");

    assertThat(look(60, "ann")).isEmpty();
    assertThat(look(2, "ann")).containsExactly("ann");
  }

  @Test
  void aNameGoesAfterTenMinutesOutside() {
    look(62, "ann");

    assertThat(look(598)).containsExactly("ann");
    assertThat(users.users()).containsExactly(new TopUsers.User("ann", 0, 0));
    assertThat(look(2)).isEmpty();
  }

  @Test
  void whoHasBeenOutsideLongestMakesRoom() {
    look(62, "ann", "bob");
    look(10, "bob", "eve", "ann");

    assertThat(look(52, "bob", "eve", "ann")).containsExactly("bob", "eve");
  }

  @Test
  void thereAreNeverMoreThanAskedForAndTheyComeAndGoSlowly() {
    Random random = new Random(7);
    Set<String> ever = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String[] some =
          Stream.generate(() -> "user" + random.nextInt(10_000)).limit(5).toArray(String[]::new);
      look(2, some);
      look(random.nextInt(200), "steady", "user" + random.nextInt(3));
      assertThat(names()).hasSizeLessThanOrEqualTo(2);
      ever.addAll(names());
    }
    assertThat(names()).contains("steady");
    assertThat(ever).as("no passer-by").isSubsetOf("steady", "user0", "user1", "user2");
  }

  @Test
  void nobodyIsNamedUnlessThatIsWanted() {
    TopUsers none = new TopUsers(0);
    for (int i = 0; i < 100; i++) {
      none.look(TimeUnit.SECONDS.toNanos(2L * i), 60, List.of(row("ann", 600)));
    }
    assertThat(none.isAsked()).isFalse();
    assertThat(none.users()).isEmpty();
  }
}
