package io.apfproxy.learn;

import java.nio.charset.StandardCharsets;

/** Counts the items of a list in Kubernetes' protobuf encoding. */
final class ProtobufItems extends ListItems {
  /*
   * The body is "k8s\0" and a message runtime.Unknown {1: TypeMeta {2: kind}, 2: raw}, whose raw bytes are the list {1: ListMeta
   * {4: remainingItemCount}, 2: item, repeated}. Items are skipped by their length, so only a few bytes of each are looked at.
   */
  private static final byte[] MAGIC = {'k', '8', 's', 0};
  private static final byte[] PARTIAL_KIND =
      "PartialObjectMetadataList".getBytes(StandardCharsets.US_ASCII);

  private Step step = Step.MAGIC;
  private Message message = Message.ENVELOPE;
  private long position;
  private long endOfOuter;
  private long endOfInner;
  private long varint;
  private int shift;
  private long field;
  private long skip;
  private int kindMatched = -1;
  private boolean listSeen;

  private enum Step {
    MAGIC,
    TAG,
    VALUE,
    LENGTH
  }

  private enum Message {
    ENVELOPE,
    TYPE,
    LIST,
    METADATA
  }

  @Override
  public void accept(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && !isDone()) {
      if (skip > 0) {
        int skipped = (int) Math.min(skip, end - at);
        skipped(bytes, at, skipped);
        at += skipped;
      } else {
        octet(bytes[at++]);
      }
    }
  }

  @Override
  boolean isComplete() {
    return listSeen
        && !isDone()
        && skip == 0
        && shift == 0
        && step == Step.TAG
        && message == Message.ENVELOPE;
  }

  private void skipped(byte[] bytes, int offset, int length) {
    if (kindMatched >= 0) {
      compareKind(bytes, offset, length);
    }
    position += length;
    skip -= length;
    if (skip == 0) {
      if (kindMatched == PARTIAL_KIND.length) {
        foundPartsOnly();
      }
      kindMatched = -1;
      leaveEnded();
    }
  }

  private void compareKind(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length && kindMatched >= 0; i++) {
      boolean equal = kindMatched < PARTIAL_KIND.length && bytes[i] == PARTIAL_KIND[kindMatched];
      kindMatched = equal ? kindMatched + 1 : -1;
    }
  }

  private void octet(byte octet) {
    position++;
    if (step == Step.MAGIC) {
      expect(octet == MAGIC[(int) position - 1]);
      if (position == MAGIC.length) {
        step = Step.TAG;
      }
      return;
    }
    varint |= (octet & 0x7fL) << shift;
    shift += 7;
    if (octet < 0) {
      expect(shift <= 63);
      return;
    }
    long value = varint;
    varint = 0;
    shift = 0;
    switch (step) {
      case TAG -> tag(value);
      case VALUE -> value(value);
      case LENGTH -> length(value);
      case MAGIC -> throw new IllegalStateException();
    }
  }

  private void tag(long tag) {
    field = tag >>> 3;
    switch ((int) (tag & 7)) {
      case 0 -> step = Step.VALUE;
      case 1 -> enterSkip(8);
      case 2 -> step = Step.LENGTH;
      case 5 -> enterSkip(4);
      default -> expect(false);
    }
  }

  private void value(long value) {
    if (message == Message.METADATA && field == 4) {
      foundRemaining(value);
    }
    step = Step.TAG;
    leaveEnded();
  }

  private void length(long length) {
    step = Step.TAG;
    if (length < 0) {
      expect(false);
    } else if (message == Message.ENVELOPE && field == 1) {
      enter(Message.TYPE, length);
    } else if (message == Message.ENVELOPE && field == 2) {
      listSeen = true;
      enter(Message.LIST, length);
    } else if (message == Message.LIST && field == 1) {
      enter(Message.METADATA, length);
    } else {
      if (message == Message.LIST && field == 2) {
        foundItem();
      } else if (message == Message.TYPE && field == 2) {
        kindMatched = 0;
      }
      enterSkip(length);
    }
  }

  private void enterSkip(long length) {
    step = Step.TAG;
    skip = length;
    if (length == 0) {
      kindMatched = -1;
      leaveEnded();
    }
  }

  private void enter(Message inner, long length) {
    if (inner == Message.METADATA) {
      endOfInner = position + length;
    } else {
      endOfOuter = position + length;
    }
    message = inner;
    leaveEnded();
  }

  private void leaveEnded() {
    if (message == Message.METADATA && position >= endOfInner) {
      expect(position == endOfInner);
      message = Message.LIST;
    }
    if ((message == Message.LIST || message == Message.TYPE) && position >= endOfOuter) {
      expect(position == endOfOuter);
      message = Message.ENVELOPE;
    }
  }
}
