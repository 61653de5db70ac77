package io.apfproxy.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

/** Makes each connection with the one of two engines that is chosen for its peer. */
final class TwoEngineContext extends SslContext {
  /*
   * What a handshake of the JDK's computes takes milliseconds, and the engine lets it be computed
   * elsewhere. As many wait as there are handshakes under way, which are bounded.
   */
  private static final TasksInTurn JDK_TASKS =
      new TasksInTurn(
          Executors.newFixedThreadPool(
              Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
              task -> {
                Thread thread = new Thread(task, "tls-handshakes");
                thread.setDaemon(true);
                return thread;
              }));

  private final SslContext boring;
  private final SslContext jdk;
  private final EngineChoice choice;

  TwoEngineContext(SslContext boring, SslContext jdk, EngineChoice choice) {
    this.boring = boring;
    this.jdk = jdk;
    this.choice = choice;
  }

  @Override
  public SslHandler newHandler(
      ByteBufAllocator allocator, String peer, int port, Executor delegatedTasks) {
    boolean byJdk = choice.needsJdk(peer);
    SslHandler handler =
        byJdk
            ? jdk.newHandler(allocator, peer, port, JDK_TASKS.of(peer))
            : boring.newHandler(allocator, peer, port, delegatedTasks);
    handler
        .handshakeFuture()
        .addListener(
            done -> {
              if (done.cause() instanceof SSLException failure
                  && !(failure instanceof SslHandshakeTimeoutException)) {
                choice.failed(peer, byJdk, failure);
              }
            });
    return handler;
  }

  @Override
  public SslHandler newHandler(ByteBufAllocator allocator, Executor delegatedTasks) {
    return boring.newHandler(allocator, delegatedTasks);
  }

  @Override
  public boolean isClient() {
    return boring.isClient();
  }

  @Override
  public List<String> cipherSuites() {
    return boring.cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in the class above
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return boring.applicationProtocolNegotiator();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator) {
    return boring.newEngine(allocator);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator allocator, String peer, int port) {
    return (choice.needsJdk(peer) ? jdk : boring).newEngine(allocator, peer, port);
  }

  @Override
  public SSLSessionContext sessionContext() {
    return boring.sessionContext();
  }
}
