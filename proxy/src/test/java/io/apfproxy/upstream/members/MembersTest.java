package io.apfproxy.upstream.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembersTest {
  private long now = 17;

  private Members<String> members(String... names) {
    return new Members<>(List.of(names), Outage.never(), () -> now);
  }

  @Test
  void choosesTheOneWithTheFewestSeatsInUse() {
    Members<String> members = members("a", "b", "c");
    assertThat(members.choose(5).member()).isEqualTo("a");
    assertThat(members.choose(2).member()).isEqualTo("b");
    assertThat(members.choose(3).member()).isEqualTo("c");
    assertThat(members.choose(2).member()).isEqualTo("b");
    assertThat(members.choose(1).member()).isEqualTo("c");
  }

  @Test
  void countsARequestWithoutSeatsAsOne() {
    Members<String> members = members("a", "b");
    assertThat(members.choose(0).member()).isEqualTo("a");
    assertThat(members.choose(0).member()).isEqualTo("b");
  }

  @Test
  void getsTheSeatsOfARequestBackOnce() {
    Members<String> members = members("a", "b");
    Chosen<String> first = members.choose(2);
    members.choose(1);
    first.close();
    first.close();
    assertThat(members.choose(1).member()).isEqualTo("a");
    assertThat(members.choose(1).member()).as("equal again, the first of them").isEqualTo("a");
    assertThat(members.choose(1).member()).isEqualTo("b");
  }

  @Test
  void passesOverTheOneThatCannotBeReached() {
    Members<String> members = members("a", "b");
    members.choose(1).foundNobody();
    for (int i = 0; i < 10; i++) {
      assertThat(members.choose(3).member()).isEqualTo("b");
    }
  }

  @Test
  void letsOneRequestTryItAgainAfterAWhile() {
    Members<String> members = members("a", "b");
    Chosen<String> failed = members.choose(1);
    failed.foundNobody();
    failed.close();
    members.choose(3);
    now += Health.REST_NANOS;
    Chosen<String> trying = members.choose(1);
    assertThat(trying.member()).isEqualTo("a");
    assertThat(members.choose(1).member()).as("not known yet").isEqualTo("b");
    trying.reached();
    assertThat(members.choose(1).member()).isEqualTo("a");
  }

  @Test
  void stillChoosesWhereNoneCanBeReached() {
    Members<String> members = members("a", "b");
    members.choose(1).foundNobody();
    members.choose(1).foundNobody();
    assertThat(members.choose(2).member()).isEqualTo("a");
    assertThat(members.choose(2).member()).isEqualTo("b");
    assertThat(members("alone").choose(1).member()).isEqualTo("alone");
  }

  @Test
  void needAtLeastOne() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> members())
        .withMessageContaining("at least one");
  }

  /** Whatever comes and goes, nobody is chosen who has more seats in use than another. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void spreadsSeatsEvenly(long seed) {
    Random random = new Random(seed);
    Members<String> members = members("a", "b", "c", "d");
    Map<String, Integer> seats = new HashMap<>(Map.of("a", 0, "b", 0, "c", 0, "d", 0));
    Map<Chosen<String>, Integer> open = new HashMap<>();
    for (int step = 0; step < 10_000; step++) {
      if (random.nextInt(100) < 55 || open.isEmpty()) {
        int number = 1 + random.nextInt(10);
        int fewest = new TreeSet<>(seats.values()).first();
        Chosen<String> chosen = members.choose(number);
        assertThat(seats.get(chosen.member())).isEqualTo(fewest);
        seats.merge(chosen.member(), number, Integer::sum);
        open.put(chosen, number);
      } else {
        Chosen<String> any = new ArrayList<>(open.keySet()).get(random.nextInt(open.size()));
        any.close();
        seats.merge(any.member(), -open.remove(any), Integer::sum);
      }
    }
  }
}
