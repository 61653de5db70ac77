package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.process.OutOfMemory;
import io.apfproxy.server.listen.GuardedTransport;
import io.apfproxy.tls.TlsEngine;
import io.apfproxy.upstream.wire.UpstreamNames;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What carries the traffic on this machine.
 *
 * @param tls name of the engine, for people
 */
record Transports(Transport transport, String tls) {
  private static final Logger LOG = LoggerFactory.getLogger(Transports.class);
  private static final int WORKERS = 4;

  /**
   * Chooses as asked, or the best that loads.
   *
   * @throws StartException if the one asked for does not load
   */
  static Transports choose(ProxyOptions.Transport asked) throws StartException {
    UnsafeProperties.refuse(System.getProperties());
    Transport transport =
        switch (asked) {
          case NIO -> Transport.NIO;
          case EPOLL -> loaded("epoll", Transport.EPOLL);
          case IO_URING -> loaded("io_uring", Transport.IO_URING);
          // io_uring is not tried: many sandboxes forbid it only when it is used
          case AUTO -> isLoaded(Transport.EPOLL) ? Transport.EPOLL : Transport.NIO;
        };
    return new Transports(transport, TlsEngine.displayName());
  }

  private static Transport loaded(String name, Transport transport) throws StartException {
    if (isLoaded(transport)) {
      return transport;
    }
    Throwable cause = transport == null ? null : transport.unavailabilityCause();
    throw new StartException(
        "--transport: found "
            + name
            + ", which does not load here"
            + (cause == null
                ? ""
                : " (" + String.valueOf(cause.getMessage()).lines().findFirst().orElse("") + ")")
            + ", expected auto or nio");
  }

  private static boolean isLoaded(Transport transport) {
    return transport != null && transport.available();
  }

  /** The runtime on this transport, fit for a listener with limits. */
  Vertx open(int eventLoops) {
    Vertx vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventLoopPoolSize(eventLoops)
                    .setWorkerPoolSize(WORKERS)
                    .setAddressResolverOptions(UpstreamNames.resolution())
                    .setFileSystemOptions(
                        new FileSystemOptions()
                            .setClassPathResolvingEnabled(false)
                            .setFileCachingEnabled(false)))
            .withTransport(new GuardedTransport(transport))
            .build();
    return vertx.exceptionHandler(
        failure -> {
          OutOfMemory.endIf(failure);
          LOG.error("unhandled on an event loop", failure);
        });
  }

  String name() {
    return transport.name();
  }
}
