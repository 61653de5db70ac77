package io.apfproxy.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Words for why a file could not be read or written, as people say it. */
public final class Reasons {
  private Reasons() {}

  /** A few words without the file's name and without a class name. */
  public static String of(IOException failure) {
    if (failure instanceof NoSuchFileException || failure instanceof FileNotFoundException) {
      return "no such file";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NotDirectoryException) {
      return "not a directory";
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? "input/output error" : message.strip();
  }
}
