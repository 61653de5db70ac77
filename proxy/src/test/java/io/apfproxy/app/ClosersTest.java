package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClosersTest {
  private final Closers closers = new Closers();
  private final List<String> closed = new ArrayList<>();

  @Tag("S94")
  @Test
  void closesWhatIsLeftWhateverOneThrows() {
    closers.add("first", () -> closed.add("first"));
    closers.add(
        "without its class",
        () -> {
          throw new NoClassDefFoundError("of this test");
        });
    closers.add("second", () -> closed.add("second"));
    closers.add(
        "without its file",
        () -> {
          throw new IOException("of this test");
        });

    closers.close();

    assertThat(closed).containsExactly("second", "first");
  }
}
