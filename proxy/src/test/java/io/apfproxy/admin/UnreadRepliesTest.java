package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S81")
class UnreadRepliesTest {
  private final UnreadReplies unread = new UnreadReplies(1_000);
  private final List<String> cut = new ArrayList<>();

  private UnreadReplies.Reply add(String address, String name, long bytes) {
    return unread.add(address, bytes, () -> cut.add(name));
  }

  @Test
  void cutsNobodyOffWhileThereIsRoom() {
    add("a", "first", 900);
    add("a", "second", 100);

    assertThat(cut).isEmpty();
    assertThat(unread.taken()).isEqualTo(1_000);
  }

  @Test
  void cutsOffWhoHasStoodStillLongest() {
    add("a", "first", 200);
    add("b", "second", 200);
    UnreadReplies.Reply third = add("c", "third", 200);
    add("d", "fourth", 200);
    third.over();

    add("e", "fifth", 600);

    assertThat(cut).containsExactly("first");
    assertThat(unread.taken()).isEqualTo(1_000);
    assertThat(unread.cut()).isEqualTo(1);
  }

  @Test
  void cutsOffFirstWhoseAddressHasMoreThanAShare() {
    add("small", "eldest", 250);
    add("large", "second", 300);
    add("large", "third", 300);

    add("small", "fourth", 500);
    add("third", "fifth", 300);

    assertThat(cut).containsExactly("second", "third", "eldest");
  }

  @Test
  void givesTheBytesOfEachBackOnce() {
    UnreadReplies.Reply first = add("a", "first", 900);
    add("a", "second", 200);
    first.over();
    assertThat(unread.taken()).isEqualTo(200);

    UnreadReplies.Reply third = add("a", "third", 300);
    third.over();
    third.over();

    assertThat(unread.taken()).isEqualTo(200);
    assertThat(cut).containsExactly("first");
  }

  @Test
  void letsOneAloneBeOfAnySize() {
    add("a", "small", 10);
    UnreadReplies.Reply large = add("a", "large", 5_000);
    assertThat(cut).containsExactly("small");

    large.over();

    assertThat(unread.taken()).isZero();
  }
}
