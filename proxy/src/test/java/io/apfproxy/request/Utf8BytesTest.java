package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8BytesTest {
  @Test
  void givesBackEveryByteSequence() {
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int at = 0; at < bytes.length; at++) {
        // mostly lead and continuation bytes, so that near misses of UTF-8 are frequent
        bytes[at] =
            (byte) (random.nextInt(4) == 0 ? random.nextInt(128) : 0x80 + random.nextInt(128));
      }
      assertThat(Utf8Bytes.encode(Utf8Bytes.decode(bytes, bytes.length))).isEqualTo(bytes);
    }
  }

  @Test
  void leavesValidUtf8AsItIs() {
    String text = "a\u00e9\u20ac\ud83d\ude00\uffff\u0000";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    assertThat(Utf8Bytes.decode(bytes, bytes.length)).isEqualTo(text);
    assertThat(Utf8Bytes.encode(text)).isEqualTo(bytes);
  }
}
