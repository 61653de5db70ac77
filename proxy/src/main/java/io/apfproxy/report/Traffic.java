package io.apfproxy.report;

/** Counts what one request moves between client and upstream. Read on its event loop. */
public interface Traffic {
  /** Bytes of the request's body, or from the client through a tunnel, that went upstream. */
  long bytesIn();

  /** Bytes of the upstream's response body, or through a tunnel, that went to the client. */
  long bytesOut();
}
