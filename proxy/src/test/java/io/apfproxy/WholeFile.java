package io.apfproxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files as careful writers do: whoever reads meanwhile sees the old or the new text. */
public final class WholeFile {
  private WholeFile() {}

  /** Puts it in the place of the one that may be there; until then its name is no manifest's. */
  public static void write(Path file, String text) throws IOException {
    Path fresh = Files.writeString(file.resolveSibling("." + file.getFileName() + ".new"), text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
