package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.pki.TrustEverybody;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.ClientAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whoever does not get on with his part of his handshake is closed, and nobody else. */
@Tag("S30")
class HandshakeWatchTest extends ConnectionsFixture {
  private static final TestCertificate OWN = TestAuthority.named("own").own();
  private static final int SECONDS = (int) ConnectionLimits.HANDSHAKE_TIME.toSeconds();

  private final FakeSocket socket = enter(limited(0, 0, 0, 10), address(1), true);
  private final Queue<Runnable> ours = new ArrayDeque<>();
  private final EmbeddedChannel client = new EmbeddedChannel();
  private int told;
  private EmbeddedChannel server = new EmbeddedChannel();

  /** Connects a client. */
  private void begin() throws SSLException {
    server = new EmbeddedChannel();
    server.freezeTime();
    SslContext context =
        SslContextBuilder.forServer(OWN.key(), OWN.certificate())
            .sslProvider(SslProvider.JDK)
            .build();
    HeadMeter meter =
        new HeadMeter(new PartialHeads(0, Reporter.NONE), new ClientAddress(false, 1), "192.0.2.1");
    HandshakeWatch.Told counting =
        new HandshakeWatch.Told() {
          @Override
          public void roomMade() {
            // nobody waits
          }

          @Override
          public void tookTooLong() {
            told++;
          }
        };
    SslHandler tls = new SslHandler(context.newEngine(server.alloc()), false, ours::add);
    tls.setHandshakeTimeoutMillis(0); // as Listening has it
    server.pipeline().addLast(new HandshakeWatch(socket.counted(), meter, counting), tls);
    server.pipeline().fireChannelActive();
  }

  private void clientSpeaks() throws SSLException {
    client
        .pipeline()
        .addLast(
            SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(new TrustEverybody())
                .endpointIdentificationAlgorithm("")
                .build()
                .newHandler(client.alloc()));
    bring(client, server);
  }

  private static void bring(EmbeddedChannel from, EmbeddedChannel to) {
    for (ByteBuf next = from.readOutbound(); next != null; next = from.readOutbound()) {
      to.writeInbound(next);
    }
  }

  private void weWork() {
    for (Runnable next = ours.poll(); next != null; next = ours.poll()) {
      next.run();
      server.runPendingTasks();
    }
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      stop(1);
    }
  }

  /** Nothing happens for so long, and then all that was due. */
  private void stop(int seconds) {
    time.advance(Duration.ofSeconds(seconds));
    server.advanceTimeBy(seconds, TimeUnit.SECONDS);
    server.runScheduledPendingTasks();
  }

  @AfterEach
  void release() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  @Test
  void closesWhoSaysNothingAndTellsOfIt() throws Exception {
    begin();

    pass(SECONDS - 1);
    assertThat(server.isOpen()).isTrue();
    pass(1);

    assertThat(server.isOpen()).isFalse();
    pass(10);
    assertThat(told).isEqualTo(1);
  }

  /** Whoever sends a byte now and then does not get on either. */
  @Test
  void closesWhoDribbles() throws Exception {
    begin();

    for (int i = 0; i < SECONDS; i++) {
      server.writeInbound(Unpooled.buffer().writeByte(i == 0 ? 22 : 3));
      pass(1);
    }

    assertThat(told).isEqualTo(1);
    assertThat(server.isOpen()).isFalse();
  }

  @Test
  void countsAllTurnsOfAClientTogether() throws Exception {
    begin();
    pass(SECONDS - 1);
    clientSpeaks();
    weWork();

    pass(1);

    assertThat(told).isEqualTo(1);
  }

  /** What we have to compute, and have not come to, is not the client's fault. */
  @Test
  void countsOnlyTheClientsTime() throws Exception {
    begin();
    clientSpeaks();
    assertThat(ours).isNotEmpty();

    pass(2 * SECONDS);
    weWork();
    bring(server, client);
    bring(client, server);
    weWork();

    assertThat(server.pipeline().get(SslHandler.class).handshakeFuture().isSuccess()).isTrue();
    pass(2 * SECONDS);
    assertThat(server.isOpen()).isTrue();
    assertThat(told).isZero();
  }

  @Test
  void closesNobodyWhoseBytesWeHaveNotRead() throws Exception {
    begin();
    socket.unread = true;

    pass(2 * SECONDS);
    assertThat(server.isOpen()).isTrue();
    socket.unread = false;
    pass(1);

    assertThat(server.isOpen()).isFalse();
  }

  /** Its clients' bytes are read after all that was due. */
  @Test
  @Tag("S93")
  void closesNobodyBecauseTheProcessStoodStill() throws Exception {
    begin();
    pass(SECONDS / 2);

    stop(10 * SECONDS);

    assertThat(server.isOpen()).isTrue();
    assertThat(told).isZero();
  }
}
