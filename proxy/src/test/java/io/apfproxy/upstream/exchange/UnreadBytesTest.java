package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S37")
@Tag("S54")
class UnreadBytesTest {
  private final UnreadBytes unread = new UnreadBytes(1_000, 800);
  private final List<String> cut = new ArrayList<>();

  private UnreadBytes.Response response(String address, String name) {
    return unread.response(address, () -> cut.add(name));
  }

  @Test
  void letsOneAddressHoldAllWhileThereIsRoom() {
    response("a", "first").add(700);

    assertThat(cut).isEmpty();
    assertThat(unread.taken()).isEqualTo(700);
  }

  @Test
  void cutsOffWhatHasStoodStillLongestBeyondTheLimit() {
    UnreadBytes.Response first = response("a", "first");
    UnreadBytes.Response second = response("b", "second");
    first.add(240);
    second.add(240);
    response("c", "third").add(240);
    response("d", "fourth").add(240);
    first.remove(10); // it moves

    response("e", "fifth").add(240);

    assertThat(cut).containsExactly("second");
    assertThat(unread.taken()).isEqualTo(950);
    assertThat(unread.overflows()).isEqualTo(1);
  }

  @Test
  void cutsOffOnlyThoseOfTheAddressThatHoldsMoreThanAShareWhileBytesAreScarce() {
    response("neighbour", "eldest").add(200);
    for (int i = 0; i < 10; i++) {
      response("greedy", "greedy " + i).add(100);
    }

    assertThat(cut).hasSize(5).allMatch(name -> name.startsWith("greedy"));
    assertThat(unread.taken()).isEqualTo(700);
  }

  @Test
  void forgetsWhatWasTakenAndWhatWasCutOff() {
    UnreadBytes.Response all = response("a", "all");
    all.add(500);
    all.remove(500);
    assertThat(unread.taken()).isZero();

    UnreadBytes.Response tooMuch = response("a", "too much");
    tooMuch.add(1_001);
    tooMuch.remove(1_001);
    tooMuch.add(5);

    assertThat(cut).containsExactly("too much");
    assertThat(unread.taken()).isZero();
  }

  @Test
  void cutsNothingOffWithoutALimit() {
    UnreadBytes unlimited = new UnreadBytes(0, 0);

    unlimited.response("a", () -> cut.add("a")).add(1L << 40);

    assertThat(cut).isEmpty();
  }
}
