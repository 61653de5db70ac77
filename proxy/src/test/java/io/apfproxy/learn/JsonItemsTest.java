package io.apfproxy.learn;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Objects hold what their authors like: reading them must not take memory. */
@Tag("S48")
class JsonItemsTest {
  private static final int MOST_ALLOCATED = 64 << 10;

  private final JsonItems list = new JsonItems();

  private static byte[] filled(char with) {
    byte[] bytes = new byte[1 << 20];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private void show(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    list.accept(bytes, 0, bytes.length);
  }

  private void show(byte[] bytes, int times) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < times; i++) {
      list.accept(bytes, 0, bytes.length);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_ALLOCATED);
  }

  @Test
  void keepsNothingOfALongString() {
    show("{\"items\":[{\"data\":\"");
    show(filled('A'), 64);
    show("\"}]}");

    assertThat(list.isComplete()).isTrue();
    assertThat(list.items()).isEqualTo(1);
  }

  @Test
  void keepsNothingOfALongKey() {
    show("{\"");
    show(filled('k'), 64);
    show("\":1,\"items\":[{\"");
    show(filled('k'), 64);
    show("\":1},{}]}");

    assertThat(list.isComplete()).isTrue();
    assertThat(list.items()).isEqualTo(2);
  }

  @Test
  void keepsNothingOfDeepNesting() {
    show("{\"items\":[{\"deep\":");
    show(filled('['), 64);
    show(filled(']'), 64);
    show("},{}]}");

    assertThat(list.isComplete()).isTrue();
    assertThat(list.items()).isEqualTo(2);
  }

  @Test
  void keepsNothingOfALongNumber() {
    show("{\"metadata\":{\"remainingItemCount\":");
    show(filled('9'), 64);
    show("},\"items\":[{}]}");

    assertThat(list.isComplete()).isTrue();
    assertThat(list.remaining()).isPositive();
  }
}
