package io.apfproxy.kube.access;

/** The upstream or the credentials for it cannot be used; one line that names the file or flag. */
public final class UpstreamAccessException extends Exception {
  private static final long serialVersionUID = 1L;

  public UpstreamAccessException(String message) {
    super(message);
  }

  public UpstreamAccessException(String message, Throwable cause) {
    super(message, cause);
  }
}
