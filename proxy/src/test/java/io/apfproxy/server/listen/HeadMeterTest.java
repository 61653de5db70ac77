package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.ClientAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has come of a head of HTTP/1.1 that is not complete counts, and nothing else. */
@Tag("S30")
@Tag("S31")
class HeadMeterTest {
  private static final String HEAD = "GET /version HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n";

  private static final String CHUNKED = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

  /** What each line counts besides its bytes. */
  private static final long LINE = HeadLines.LINE_BYTES;

  private final PartialHeads all = new PartialHeads(0, Reporter.NONE);
  private final PartialHeads few = new PartialHeads(1_000, Reporter.NONE);
  private final EmbeddedChannel channel = connection(1);

  private EmbeddedChannel connection(int number) {
    return connection(all, number);
  }

  private static EmbeddedChannel connection(PartialHeads among, int number) {
    ClientAddress from = new ClientAddress(false, number);
    HeadMeter meter = new HeadMeter(among, from, "192.0.2." + number);
    HttpRequestDecoder codec =
        new HttpRequestDecoder(new HttpDecoderConfig().setMaxHeaderSize(256 << 10));
    return new EmbeddedChannel(meter, codec, new HeadMeter.Outlet(meter));
  }

  @AfterEach
  void giveBack() {
    channel.finishAndReleaseAll();
    assertThat(held()).isZero();
    assertThat(held(few)).isZero();
  }

  private long held() {
    return held(all);
  }

  private static long held(PartialHeads of) {
    return of.bound().used().getAsLong();
  }

  private void send(String text) {
    send(channel, text);
  }

  private static void send(EmbeddedChannel to, String text) {
    ByteBuf bytes = Unpooled.buffer();
    bytes.writeCharSequence(text, StandardCharsets.US_ASCII);
    to.writeInbound(bytes);
  }

  @Test
  void countsNothingOfWhatIsComplete() {
    send(HEAD);
    send(POST + "abc");
    send("def");
    send(HEAD + HEAD);
    assertThat(held()).isZero();
    send(CHUNKED + "2\r\nab\r\n0\r\n\r\n");
    assertThat(held()).isZero();
    send(CHUNKED + "2\r\nab\r\n");
    assertThat(held()).isLessThan(16 + 4 * LINE); // the lines between the chunks
    send("0\r\n\r\n");
    assertThat(held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", HEAD, POST + "abcdef"})
  void countsAHeadInPartsUntilItIsComplete(String before) {
    send(before + "GET /a HTTP/1.1\r\n");
    assertThat(held()).isEqualTo(17 + LINE);
    send("Host: a\r\n");
    assertThat(held()).isEqualTo(26 + 2 * LINE);
    send("\r\n");
    assertThat(held()).isZero();
    send("GET /a");
    assertThat(held()).isEqualTo(6);
  }

  /** 250 KiB of them took 6 MB of heap. */
  @Test
  void countsShortLinesForWhatTheyTakeInMemory() {
    send("GET /a HTTP/1.1\r\n" + "a:b\r\n".repeat(4));
    assertThat(held()).isEqualTo(17 + 4 * 5 + 5 * LINE);
  }

  @Test
  void countsWhatFollowsAHeadThatCameInParts() {
    send(HEAD.substring(0, 5));
    send(HEAD.substring(5) + "GET /another");
    assertThat(held()).isEqualTo(12);
    send(" HTTP/1.1\r\n\r\n");
    assertThat(held()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void countsNothingOnceAHeadIsCompleteHoweverItIsCut(int piece) {
    String all = HEAD + POST + "a\n\n\r\nf" + HEAD;
    for (int at = 0; at < all.length(); at += piece) {
      send(all.substring(at, Math.min(all.length(), at + piece)));
    }
    assertThat(held()).isZero();
  }

  @Test
  void isNotDeceivedByAnEmptyLineInABody() {
    send(POST + "ab\n\ncd" + "GET /a HTTP/1.1\r\n");
    assertThat(held()).isEqualTo(17 + LINE);
  }

  @Test
  void closesAConnectionWhoseHeadTakesTooLong() {
    send(HEAD);
    channel.advanceTimeBy(60, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isActive()).isTrue();
    for (int second = 0; second < PartialHead.SECONDS; second++) {
      assertThat(channel.isActive()).isTrue();
      send(HEAD.substring(second, second + 1));
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void givesTheNextHeadItsTimeAgain() {
    for (int i = 0; i < 5; i++) {
      send(HEAD.substring(0, 9));
      channel.advanceTimeBy(PartialHead.SECONDS - 1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
      send(HEAD.substring(9));
    }
    assertThat(channel.isActive()).isTrue();
  }

  private void pass(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  /** kube-apiserver gives a body all the time of its request. */
  @ParameterizedTest
  @ValueSource(strings = {"", "\r\n", "\r\n5", "\r\n5;name=value\r\n"})
  void letsABodyPauseBetweenTwoChunks(String end) {
    send(CHUNKED);
    send("2\r\nab");
    for (int at = 0; at < end.length(); at++) {
      send(end.substring(at, at + 1));
      pass(PartialHead.SECONDS + 1);
    }
    pass(10 * PartialHead.SECONDS);
    assertThat(channel.isActive()).isTrue();
  }

  @Test
  void givesTrailersTheirTime() {
    send(CHUNKED + "2\r\nab\r\n0\r\n");
    for (int i = 0; i < 20; i++) {
      send("a" + i + ": b\r\n");
    }
    assertThat(held()).isGreaterThan(20 * LINE);
    pass(PartialHead.SECONDS);
    assertThat(channel.isActive()).isFalse();
  }

  @Test
  void countsTrailersThatCameWithTheBody() {
    send(CHUNKED + "2\r\nab\r\n0\r\n" + "a: b\r\n".repeat(5));
    assertThat(held()).isGreaterThan(5 * LINE);
    send("\r\n");
    assertThat(held()).isZero();
  }

  private @Nullable Throwable faultOfTheNext() {
    HttpRequest request = channel.readInbound();
    Throwable fault = request.decoderResult().cause();
    ReferenceCountUtil.release(channel.readInbound());
    return fault;
  }

  /** The codec copies the whole value for each of its lines. */
  @ParameterizedTest
  @Tag("S27")
  @ValueSource(
      strings = {
        "A: one\r\n two\r\n\r\n",
        "A: one\r\n\ttwo\r\nB: c\r\n\r\n",
        "A: one\r\n two",
        "A: one\r\n "
      })
  void refusesAHeadWhoseLinesGoOn(String lines) {
    for (int piece : new int[] {1, 3, 1000}) {
      EmbeddedChannel one = connection(piece);
      String text = "GET /a HTTP/1.1\r\n" + lines;
      for (int at = 0; at < text.length(); at += piece) {
        send(one, text.substring(at, Math.min(text.length(), at + piece)));
      }
      HttpRequest request = one.readInbound();
      assertThat(request.decoderResult().cause()).hasMessageContaining("next line");
      send(one, HEAD);
      ReferenceCountUtil.release(one.readInbound());
      assertThat(one.<Object>readInbound()).as("what follows").isNull();
      one.finishAndReleaseAll();
    }
  }

  @Test
  void takesBlanksAfterLinesOfABodyForNoFold() {
    String body = "{\n  \"a\": 1\n}\n  ";
    send("POST /a HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body + HEAD);
    assertThat(faultOfTheNext()).isNull();
    assertThat(faultOfTheNext()).isNull();
    send(CHUNKED + "10\r\n" + body + "\r\n0\r\n\r\n" + HEAD);
    assertThat(faultOfTheNext()).isNull();
  }

  @Test
  void refusesAHeadOfTooManyLinesBeforeItIsComplete() {
    send("GET /a HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < HeadLines.MOST_LINES - 2; i++) {
      send("a:b\r\n");
    }
    assertThat(channel.<Object>readInbound()).isNull();
    send("a:b\r\n");
    assertThat(faultOfTheNext()).hasMessageContaining("header lines");
    long then = held();
    send("a:b\r\n".repeat(1000));
    assertThat(held()).as("counted until it is closed").isEqualTo(then).isPositive();
  }

  @Test
  void closesAfterEmptyLinesWithoutEnd() {
    for (int i = 0; i <= HeadLines.MOST_LINES; i++) {
      send("\r\n");
    }
    assertThat(channel.isActive()).isFalse();
  }

  /** 250 KiB of one took 285 KiB of heap for as long as the connection was open. */
  @Test
  void countsWhatTheCodecKeepsOfALongLine() {
    send("GET /a HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(8_000) + "\r\n\r\n");
    assertThat(held()).isZero();
    String line = "X: " + "x".repeat(100_000) + "\r\n";
    for (int piece : new int[] {1_000, 1_000_000}) {
      String head = "GET /a HTTP/1.1\r\nHost: a\r\n" + line + "\r\n";
      for (int at = 0; at < head.length(); at += piece) {
        send(head.substring(at, Math.min(head.length(), at + piece)));
      }
      assertThat(held()).isEqualTo(128 << 10);
      pass(2 * PartialHead.SECONDS);
      send(HEAD);
      assertThat(held()).isEqualTo(128 << 10);
    }
    assertThat(channel.isActive()).as("a line is no head in parts").isTrue();
  }

  @Test
  void countsNoMoreOnceTheCodecIsGone() {
    channel.pipeline().remove(HttpRequestDecoder.class);
    send("GET / is a word of another protocol");
    assertThat(held()).isZero();
  }

  @Test
  void closesTheAddressBeyondItsShareFirst() {
    EmbeddedChannel greedy = connection(few, 1);
    EmbeddedChannel honest = connection(few, 2);
    for (int i = 0; i < 7; i++) {
      send(greedy, i == 0 ? "GET /" + "a".repeat(95) : "a".repeat(100));
    }
    assertThat(greedy.isActive()).isTrue(); // 700 of 1000, and nobody else needs it
    send(honest, "GET /" + "a".repeat(95));
    assertThat(honest.isActive()).isTrue();
    send(greedy, "a");
    assertThat(greedy.isActive()).isFalse();
    assertThat(few.bound().overflows().getAsLong()).isEqualTo(1);
    assertThat(held(few)).isEqualTo(100);
    greedy.finishAndReleaseAll();
    honest.finishAndReleaseAll();
  }

  @Test
  void boundsThemAllHoweverManyAddressesThereAre() {
    EmbeddedChannel[] many = new EmbeddedChannel[50];
    for (int i = 0; i < many.length; i++) {
      many[i] = connection(few, i + 10);
      send(many[i], "GET /" + "a".repeat(45));
      assertThat(held(few)).isLessThanOrEqualTo(1_250);
    }
    for (EmbeddedChannel one : many) {
      one.finishAndReleaseAll();
    }
  }
}
