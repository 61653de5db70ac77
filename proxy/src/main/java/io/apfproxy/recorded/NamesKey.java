package io.apfproxy.recorded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file that holds the key of {@link HashedNaming}: its bytes as they are. */
public final class NamesKey {
  private NamesKey() {}

  /**
   * @throws IOException if it cannot be read, or has another length than a key; for people
   */
  public static byte[] read(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      byte[] key = bytes.readNBytes(HashedNaming.KEY_BYTES + 1);
      if (key.length != HashedNaming.KEY_BYTES) {
        throw new IOException(
            "it has "
                + (key.length > HashedNaming.KEY_BYTES ? "more" : "fewer")
                + " bytes than "
                + HashedNaming.KEY_BYTES);
      }
      return key;
    }
  }
}
