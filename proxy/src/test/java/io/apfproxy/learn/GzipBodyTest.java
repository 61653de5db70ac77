package io.apfproxy.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who wrote the objects of a list chose how far it expands. */
@Tag("S48")
class GzipBodyTest {
  private static final int PIECE = 64 << 10;

  private final Backlog backlog = new Backlog();
  private final Plain plain = new Plain();
  private final GzipBody body = new GzipBody(plain, backlog);

  private static final class Plain implements BodySink {
    private final ByteArrayOutputStream start = new ByteArrayOutputStream();
    private long bytes;

    @Override
    public void accept(byte[] piece, int offset, int length) {
      bytes += length;
      if (start.size() < PIECE) {
        start.write(piece, offset, length);
      }
    }

    @Override
    public boolean isDone() {
      return false;
    }
  }

  /** Expands by about 150: so much that few lists do, and not so much that it is given up. */
  private static byte[] expanding(int bytes) {
    Random random = new Random(7);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      byte[] noise = new byte[800];
      byte[] zeros = new byte[140_000];
      while (out.size() < bytes) {
        random.nextBytes(noise);
        gzip.write(noise);
        gzip.write(zeros);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void show(byte[] bytes, int pieces) {
    for (int at = 0; at < bytes.length; at += pieces) {
      body.accept(bytes, at, Math.min(pieces, bytes.length - at));
      finishTurns();
    }
  }

  private int finishTurns() {
    int turns = 0;
    for (; body.isBehind(); turns++) {
      body.goOn();
    }
    return turns;
  }

  @Test
  void inflatesABoundedPieceATurn() {
    byte[] bytes = expanding(PIECE);
    long most = GzipBody.TURN + PIECE;

    body.accept(bytes, 0, PIECE);

    assertThat(plain.bytes).isBetween(1L, most);
    assertThat(body.isBehind()).isTrue();
    long before = plain.bytes;
    body.goOn();
    assertThat(plain.bytes - before).isBetween(1L, most);
    assertThat(finishTurns()).isGreaterThan(20);
    assertThat(plain.bytes).isGreaterThan(100L * PIECE);
    assertThat(body.isDone()).isFalse();
    assertThat(backlog.bytes()).isZero();
    body.close();
  }

  @Test
  void givesUpABombBeforeItWentOff() {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      for (int i = 0; i < 640; i++) {
        gzip.write(new byte[100_000]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    show(bomb.toByteArray(), PIECE);

    assertThat(body.isDone()).isTrue();
    assertThat(plain.bytes).isLessThan(4 << 20);
    assertThat(backlog.bytes()).isZero();
  }

  @Test
  void givesUpWhatItCannotKeepUpWith() {
    byte[] bytes = expanding(2 * Backlog.MOST_OF_ONE);

    int shown = 0;
    for (; shown < bytes.length && !body.isDone(); shown += PIECE) {
      body.accept(bytes, shown, Math.min(PIECE, bytes.length - shown));
      assertThat(backlog.bytes()).isLessThanOrEqualTo(Backlog.MOST_OF_ONE);
    }

    assertThat(body.isDone()).isTrue();
    assertThat(backlog.bytes()).isZero();
    assertThat(backlog.overflows()).isOne();
  }

  @Test
  void givesUpOneMoreWhenAllTogetherCannotKeepUp() {
    byte[] bytes = expanding(PIECE);
    List<GzipBody> bodies = new ArrayList<>();
    GzipBody last;
    do {
      last = new GzipBody(new Plain(), backlog);
      last.accept(bytes, 0, PIECE);
      bodies.add(last);
    } while (!last.isDone() && bodies.size() < 10_000);

    assertThat(last.isDone()).isTrue();
    assertThat(bodies).hasSizeGreaterThan(200);
    assertThat(bodies.subList(0, bodies.size() - 1)).noneMatch(GzipBody::isDone);
    assertThat(backlog.bytes()).isBetween(Backlog.MOST / 2L, (long) Backlog.MOST);
    assertThat(backlog.overflows()).isOne();
    bodies.forEach(GzipBody::close);
    bodies.forEach(GzipBody::close); // harmless
    assertThat(backlog.bytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65536})
  void readsEveryKindOfHeaderHoweverItIsCut(int pieces) {
    show(member("hello", false), pieces);

    assertThat(plain.start.toString(StandardCharsets.UTF_8)).isEqualTo("hello");
    assertThat(body.isComplete()).isTrue();
    body.close();
  }

  @Test
  void isNotCompleteBeforeItsLastByteNorWithAWrongChecksum() {
    byte[] whole = member("hello", false);
    show(java.util.Arrays.copyOf(whole, whole.length - 1), 10);
    assertThat(body.isComplete()).isFalse();
    body.accept(whole, whole.length - 1, 1);
    assertThat(body.isComplete()).isTrue();
    body.close();

    GzipBody other = new GzipBody(new Plain(), backlog);
    byte[] wrong = member("hello", true);
    other.accept(wrong, 0, wrong.length);
    assertThat(other.isComplete()).isFalse();
    assertThat(other.isDone()).isTrue();
  }

  @Test
  void takesNothingMoreAfterItsEnd() {
    byte[] whole = member("hello", false);
    show(whole, whole.length);
    show(whole, whole.length);

    assertThat(plain.bytes).isEqualTo(5);
    assertThat(body.isComplete()).isTrue();
    assertThat(backlog.bytes()).isZero();
    body.close();
  }

  /** With all that a header may have. */
  private static byte[] member(String text, boolean wrongSum) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3});
    out.writeBytes(new byte[] {3, 0, 'a', 'b', 'c'});
    out.writeBytes("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
    CRC32 sum = new CRC32();
    sum.update(out.toByteArray());
    out.write((int) sum.getValue());
    out.write((int) sum.getValue() >> 8);
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(plain);
    deflater.finish();
    byte[] deflated = new byte[1000];
    out.write(deflated, 0, deflater.deflate(deflated));
    deflater.end();
    CRC32 end = new CRC32();
    end.update(plain);
    int value = (int) end.getValue() + (wrongSum ? 1 : 0);
    out.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(value)
            .putInt(plain.length)
            .array());
    return out.toByteArray();
  }
}
