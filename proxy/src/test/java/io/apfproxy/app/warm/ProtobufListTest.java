package io.apfproxy.app.warm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The list that is sent in protobuf. */
class ProtobufListTest {
  @Test
  void isAnEnvelopeOfAKindAndAList() {
    byte[] bytes = ProtobufList.of(1).getBytes();

    assertThat(bytes).startsWith('k', '8', 's', 0, 0x0a, 17, 0x0a, 2, 'v', '1', 0x12, 11, 'S');
    // field 2 of 1035 bytes: metadata with a version, and an item of 1024
    assertThat(bytes).containsSequence(0x12, 0x8b, 0x08, 0x0a, 3, 0x12, 1, '9', 0x12, 0x83, 0x08);
  }
}
