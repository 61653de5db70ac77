package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.net.InetAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** The other end of one client connection. Belongs to its event loop. */
public final class ClientConnection {
  /** How long a client has to read that it is sent away, as it has at kube-apiserver. */
  public static final long LINGER_MILLIS = 1_000;

  private final Vertx vertx;
  private final HttpConnection connection;
  private final List<X509Certificate> certificates;
  private final String address;
  private final @Nullable InetAddress peer;
  private final EngineProof engine;
  private final @Nullable OpenConnection counted;
  private final @Nullable ClientSocket socket;
  private final Arrivals.Line arrivals = new Arrivals.Line();
  private int open;
  private boolean used;
  private boolean closing;
  private boolean bodyUnreadable;
  private @Nullable Runnable reading;
  private boolean sentAway;
  private long idleSince;

  public ClientConnection(Vertx vertx, HttpConnection connection, long now) {
    this.vertx = vertx;
    this.connection = connection;
    this.certificates = certificatesOf(connection);
    this.address = connection.remoteAddress().hostAddress();
    this.peer = ClientAddress.parse(address).orElse(null);
    this.engine =
        new EngineProof(
            address,
            certificates,
            connection.sslSession() != null && TlsEngine.isByBoringSsl(connection.sslSession()));
    this.counted = AcceptGuard.counted(connection);
    this.socket = ClientSocket.of(connection);
    this.idleSince = now;
  }

  private static List<X509Certificate> certificatesOf(HttpConnection connection) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      List<Certificate> presented = connection.peerCertificates();
      if (presented != null) {
        presented.forEach(certificate -> chain.add((X509Certificate) certificate));
      }
      return List.copyOf(chain);
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
  }

  /** The chain as presented, unverified; empty if none. */
  public List<X509Certificate> certificates() {
    return certificates;
  }

  public String address() {
    return address;
  }

  /** What it shows of the engine that suits its address. */
  public EngineProof engine() {
    return engine;
  }

  /** Its address; null if it has none. */
  @Nullable
  public InetAddress peer() {
    return peer;
  }

  /** Whose share of what is limited by address it has; null if it has none. */
  public @Nullable ClientAddress sharing() {
    return counted == null ? null : counted.sharing();
  }

  /**
   * Begins what it asks for in the turn in which it is read, where there are such turns: the event
   * loop's time is shared, and most of it is not for reading.
   */
  public void afterReading(Runnable begin) {
    if (socket != null) {
      socket.afterReading(begin);
    }
  }

  /** A request of it was found to be of this user, who is not anonymous. */
  public void believed(String user) {
    if (socket != null) {
      socket.believed(user);
    }
  }

  /** Its requests that have not begun. */
  public Arrivals.Line arrivals() {
    return arrivals;
  }

  /**
   * Makes an HTTP/2 client open another connection for its next request; what runs goes on.
   * Harmless when repeated, and with HTTP/1.1.
   */
  @SuppressWarnings("deprecation") // shutdown() closes at once when nothing runs any more
  public void sendAway() {
    if (!sentAway && isHttp2()) {
      sentAway = true;
      connection.goAway(0);
      closeIfLeft();
    }
  }

  /**
   * Closes what the client was sent away from, some time after the last response: a close that
   * meets bytes on their way from the client resets the connection, and takes with it what the
   * client has not read yet.
   */
  private void closeIfLeft() {
    if (sentAway && open == 0) {
      vertx.setTimer(LINGER_MILLIS, late -> connection.close());
    }
  }

  /** No further request of this connection is looked at. */
  public void markClosing() {
    closing = true;
  }

  public boolean closing() {
    return closing;
  }

  /**
   * A request begins, the only one that is read.
   *
   * @param unreadable run once at most, if its body turns out to be unreadable
   */
  public void reads(Runnable unreadable) {
    reading = unreadable;
  }

  /** It holds nothing any more. Harmless if another has begun. */
  public void readsNoMore(Runnable unreadable) {
    if (reading == unreadable) {
      reading = null;
    }
  }

  /** The body of its last request cannot be read. Whatever is answered, it closes soon. */
  void bodyUnreadable() {
    bodyUnreadable = true;
    vertx.setTimer(LINGER_MILLIS, late -> connection.close());
    if (reading != null) {
      reading.run();
    }
  }

  /** Whether the body of its last request, which may not have begun yet, cannot be read. */
  public boolean isBodyUnreadable() {
    return bodyUnreadable;
  }

  public void opened() {
    used = true;
    open++;
    tellOpen();
  }

  public void closed(long now) {
    open--;
    idleSince = now;
    tellOpen();
    closeIfLeft();
  }

  private void tellOpen() {
    if (counted != null) {
      counted.serves(open);
    }
  }

  /**
   * Closes a connection that has been idle for too long.
   *
   * @param firstNanos how long it may take to the first request
   * @param nextNanos how long between requests
   */
  public void closeIfIdle(long now, long firstNanos, long nextNanos) {
    if (open == 0 && now - idleSince > (used ? nextNanos : firstNanos)) {
      closing = true;
      if (isHttp2()) {
        sendAway();
      } else {
        connection.close();
      }
    }
  }

  private boolean isHttp2() {
    return connection.protocolVersion() == HttpVersion.HTTP_2;
  }
}
