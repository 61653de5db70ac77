package io.apfproxy.source;

import io.apfproxy.timer.Timers;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder of manifests, looked at every second. */
public final class FilesSource implements FlowSource {
  /*
   * Polled, not watched: a watch sees neither the swap of a symbolic link further up nor a change on some network file systems.
   */
  private static final Logger LOG = LoggerFactory.getLogger(FilesSource.class);

  private final Path folder;
  private final Duration period;
  private final Timers thread = new Timers("flowcontrol-files");
  private volatile Snapshot snapshot = Snapshot.NOTHING;
  private volatile long currentAt = System.nanoTime();

  // Used by the one thread only.
  private @Nullable SortedMap<String, String> texts;
  private ManifestFolder.Content content = ManifestFolder.Content.NONE;

  /**
   * @param period between two looks
   */
  public FilesSource(Path folder, Duration period) {
    this.folder = folder;
    this.period = period;
  }

  @Override
  public String name() {
    return "files:" + folder;
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public double ageSeconds() {
    return (System.nanoTime() - currentAt) / 1e9;
  }

  @Override
  public void start(Runnable changed) {
    thread.every(period, () -> look(changed)).now();
  }

  private void look(Runnable changed) {
    Snapshot before = snapshot;
    try {
      long now = System.nanoTime();
      SortedMap<String, String> read = ManifestFolder.read(folder);
      if (!read.equals(texts)) {
        texts = read;
        content = ManifestFolder.parse(read, content);
        content.findings().forEach(finding -> LOG.warn("{}/{}", folder, finding));
        content.notices().forEach(notice -> LOG.info("{}/{}", folder, notice));
      }
      snapshot = new Snapshot(true, content.objects(), trouble(content.findings()));
      currentAt = now;
    } catch (IOException e) {
      snapshot = before.inTrouble("cannot read " + folder + ": " + reason(e));
      if (!snapshot.trouble().equals(before.trouble())) {
        LOG.warn("flow control stays as it is: {}", snapshot.trouble());
      }
    } catch (RuntimeException e) {
      LOG.error("flow control stays as it is: cannot read {}", folder, e);
    }
    if (!snapshot.equals(before)) {
      changed.run();
    }
  }

  /** Wrong objects have verdicts of their own; what is wrong in a file as a whole has only this. */
  private static String trouble(List<Finding> findings) {
    return findings.isEmpty() ? "" : findings.size() + " finding(s), the first: " + findings.get(0);
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such folder";
    }
    return e instanceof NotDirectoryException ? "not a folder" : String.valueOf(e.getMessage());
  }

  @Override
  public void close() {
    thread.close();
  }
}
