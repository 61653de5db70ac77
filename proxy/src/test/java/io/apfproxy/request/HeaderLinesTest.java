package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderLinesTest {
  private final HeaderLines lines =
      new HeaderLines().add("Accept", "a").add("X-One", "1").add("accept", "b");

  @Test
  void keepOrderCaseAndRepetition() {
    assertThat(lines)
        .containsExactly(
            Map.entry("Accept", "a"), Map.entry("X-One", "1"), Map.entry("accept", "b"));
    assertThat(lines.size()).isEqualTo(3);
    assertThat(lines.name(1)).isEqualTo("X-One");
    assertThat(lines.value(2)).isEqualTo("b");
  }

  @Test
  void areFoundWhateverTheirCase() {
    assertThat(lines.get("ACCEPT")).isEqualTo("a");
    assertThat(lines.getAll("ACCEPT")).containsExactly("a", "b");
    assertThat(lines.get("absent")).isNull();
    assertThat(lines.getAll("absent")).isEmpty();
  }

  @Test
  void areAllRemovedWhateverTheirCase() {
    lines.remove("ACCEPT");
    assertThat(lines).containsExactly(Map.entry("X-One", "1"));

    lines.add("X-Two", "2");
    assertThat(lines).containsExactly(Map.entry("X-One", "1"), Map.entry("X-Two", "2"));
    lines.remove("x-one");
    lines.remove("x-two");
    assertThat(lines).isEmpty();
    assertThat(lines.get("X-One")).isNull();
  }

  @Test
  void areAsManyAsThereAre() {
    for (int i = 0; i < 1_000; i++) {
      lines.add("X-" + i, "v" + i);
    }
    assertThat(lines.size()).isEqualTo(1_003);
    assertThat(lines.get("x-999")).isEqualTo("v999");
  }
}
