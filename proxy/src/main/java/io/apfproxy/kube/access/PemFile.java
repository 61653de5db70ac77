package io.apfproxy.kube.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Reads PEM text, and says in one line what is wrong with a file that holds none. */
final class PemFile {
  private PemFile() {}

  /**
   * @param what names the flag or field that named the file
   */
  static String read(Path file, String what) throws UpstreamAccessException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UpstreamAccessException(what + " " + file + " cannot be read", e);
    }
    if (!text.contains("-----BEGIN ")) {
      throw new UpstreamAccessException(what + " " + file + " must hold PEM");
    }
    return text;
  }

  /**
   * @param data PEM, or PEM in base64 as in a kubeconfig's {@code *-data} fields
   */
  static String decode(String data, String what) throws UpstreamAccessException {
    if (data.contains("-----BEGIN ")) {
      return data;
    }
    try {
      String text = new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
      if (text.contains("-----BEGIN ")) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      throw new UpstreamAccessException(what + " data must be PEM in base64", e);
    }
    throw new UpstreamAccessException(what + " data must be PEM in base64");
  }
}
