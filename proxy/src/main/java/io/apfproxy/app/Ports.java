package io.apfproxy.app;

import io.apfproxy.cli.StartException;
import java.io.IOException;

/** Says to people why a port is not to be had. */
final class Ports {
  private Ports() {}

  static StartException cannotListen(String flag, String address, int port, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    String found = reason.contains("in use") ? "is in use" : "cannot be bound (" + reason + ")";
    return new StartException(
        flag + ": " + address + " port " + port + " " + found + ", expected a free one", cause);
  }
}
