package io.apfproxy.upstream.wire;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;

/**
 * What it says of the upstream that no stream or connection could be had. Source: specification
 * limits.md L-90, L-91.
 */
public final class ConnectFailure {
  /*
   * Where nobody listens, answers or shakes hands, or what listens hangs up at once as a balancer
   * without servers does, no other request finds anybody either. But whoever sends an alert or a
   * certificate that we do not believe is there, and what we lack ourselves, such as room in a pool,
   * a port or a descriptor, says nothing of the upstream. Nor does the end of a connection that stood
   * already, which clients can bring about.
   */
  private static final String NO_PORT_LEFT = "cannot assign requested address";

  private ConnectFailure() {}

  /**
   * Whether it proves that nobody is there: refused, reset or silent, or a name without address.
   */
  public static boolean isNobodyThere(Throwable failure) {
    boolean nobody = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isAnotherReason(cause)) {
        return false;
      }
      nobody |= isNobody(cause);
    }
    return nobody;
  }

  /** Whether the connection that it would have gone over ended just then; another one may do. */
  public static boolean isConnectionGone(Throwable failure) {
    return failure instanceof HttpClosedException;
  }

  private static boolean isAnotherReason(Throwable cause) {
    return cause instanceof CertificateException
        || cause instanceof BindException
        || (cause instanceof ConnectException && says(cause, NO_PORT_LEFT));
  }

  private static boolean isNobody(Throwable cause) {
    return cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof UnknownHostException
        || cause instanceof SslHandshakeTimeoutException
        || cause instanceof ClosedChannelException
        || (cause instanceof IOException && says(cause, "connection reset"));
  }

  private static boolean says(Throwable cause, String words) {
    return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains(words);
  }
}
