package io.apfproxy.app.warm;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** A list as kube-apiserver sends it in protobuf: an envelope, list metadata, items. */
final class ProtobufList {
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final int ITEM_BYTES = 1 << 10;
  private static final int BYTES = 2; // wire type

  private ProtobufList() {}

  /** With so many items. */
  static Buffer of(int items) {
    Buffer list = field(1, field(2, text("9"))); // metadata: resourceVersion
    for (int i = 0; i < items; i++) {
      list.appendBuffer(field(2, field(1, Buffer.buffer(new byte[ITEM_BYTES]))));
    }
    Buffer kind = field(1, text("v1")).appendBuffer(field(2, text("ServiceList")));
    return Buffer.buffer(MAGIC).appendBuffer(field(1, kind)).appendBuffer(field(2, list));
  }

  private static Buffer text(String text) {
    return Buffer.buffer(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static Buffer field(int number, Buffer content) {
    Buffer field = Buffer.buffer().appendByte((byte) ((number << 3) | BYTES));
    int length = content.length();
    while (length > 0x7f) {
      field.appendByte((byte) ((length & 0x7f) | 0x80));
      length >>>= 7;
    }
    return field.appendByte((byte) length).appendBuffer(content);
  }
}
