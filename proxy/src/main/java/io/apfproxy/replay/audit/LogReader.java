package io.apfproxy.replay.audit;

import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.ZipException;

/** Reads the events of one log, line by line or as one document. */
final class LogReader {
  /** Told what is in it, in order. */
  interface Sink {
    /**
     * @param event filled anew for each call
     */
    void event(AuditEvent event);

    /**
     * Something that is no event.
     *
     * @param where {@code FILE:LINE}, or the file
     */
    void bad(String where, BadLine why);
  }

  private final LogFile file;
  private final Sink sink;
  private final AuditEventReader events;
  private long line;

  LogReader(LogFile file, Sink sink) {
    this.file = file;
    this.sink = sink;
    this.events =
        new AuditEventReader(
            new AuditEventReader.Sink() {
              @Override
              public void event(AuditEvent event) {
                sink.event(event);
              }

              @Override
              public void bad(BadLine why) {
                sink.bad(place(), why);
              }
            });
  }

  /**
   * Reads all of it.
   *
   * @throws StartException if it cannot be read; one that breaks off is read as far as it goes
   */
  void read() throws StartException {
    try (InputStream in = opened()) {
      LineSplitter lines = new LineSplitter(in);
      while (next(lines)) {
        if (!lines.isBlank() && !read(lines)) {
          return;
        }
      }
    } catch (IOException e) {
      throw new StartException(
          "LOG: cannot read " + file.name() + " (" + Reasons.of(e) + "), expected an audit log", e);
    }
  }

  /** One that has hardly begun to be packed has nothing in it. */
  private InputStream opened() throws IOException {
    try {
      return file.open();
    } catch (EOFException | ZipException e) {
      breaksOff(file.name(), e);
      return InputStream.nullInputStream();
    }
  }

  /** A log that is being packed, or was cut, ends where it breaks off. */
  private boolean next(LineSplitter lines) throws IOException {
    line++;
    try {
      return lines.next();
    } catch (EOFException | ZipException e) {
      breaksOff(place(), e);
      return false;
    }
  }

  /**
   * @return false if that was all of the file
   */
  private boolean read(LineSplitter lines) throws IOException {
    try {
      if (lines.isBrace()) {
        events.readDocument(lines.rest());
        return false;
      }
      if (lines.goesOn()) {
        readLong(lines.whole());
      } else {
        events.readLine(lines.bytes(), lines.length());
      }
    } catch (BadLine e) {
      sink.bad(place(), e);
      return !lines.isBrace();
    } catch (EOFException | ZipException e) {
      breaksOff(place(), e);
      return false;
    }
    return true;
  }

  /** Such as a list of all that there was. */
  private void readLong(InputStream longLine) throws IOException, BadLine {
    try {
      events.readDocument(longLine);
    } finally {
      longLine.transferTo(OutputStream.nullOutputStream());
    }
  }

  private void breaksOff(String where, IOException e) {
    String why = e.getMessage();
    sink.bad(where, new BadLine("gzip breaks off" + (why == null ? "" : ": " + why)));
  }

  private String place() {
    return file.name() + ":" + line;
  }
}
