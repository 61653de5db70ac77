package io.apfproxy.leaks;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails the run of the tests if Netty finds a buffer that nobody gave back. Registered as a
 * service; what is tracked, and how closely, says {@code io.netty.leakDetection.level}.
 */
public final class LeakReports implements LauncherSessionListener {
  /*
   * A leak shows itself when the garbage collector takes the buffer, which may be long after the
   * test that lost it: so the whole run fails, and the report says where the buffer was touched.
   * Detectors look for such buffers only when they are given a new one, hence the allocations.
   * Tests' own clients and servers are held to it too: what a library loses for the product may be
   * lost on an event loop, where no class of the product is to be seen.
   */
  private static final int LAST_LOOKS = 200;

  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(detectors());
  }

  /** Detectors that report here too. */
  ResourceLeakDetectorFactory detectors() {
    ResourceLeakDetectorFactory usual = ResourceLeakDetectorFactory.instance();
    return new ResourceLeakDetectorFactory() {
      @Override
      @SuppressWarnings("deprecation") // the only method that a factory must have
      public <T> ResourceLeakDetector<T> newResourceLeakDetector(
          Class<T> resource, int samplingInterval, long maxActive) {
        ResourceLeakDetector<T> detector =
            usual.newResourceLeakDetector(resource, samplingInterval, maxActive);
        detector.setLeakListener((type, records) -> leaks.add(type + records));
        return detector;
      }
    };
  }

  /** What was found so far. */
  Queue<String> leaks() {
    return leaks;
  }

  @Override
  @SuppressWarnings("SystemRunFinalization")
  public void launcherSessionClosed(LauncherSession session) {
    System.gc();
    for (int look = 0; look < LAST_LOOKS; look++) {
      ByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
    if (!leaks.isEmpty()) {
      throw new AssertionError(leaks.size() + " buffers leaked, one of them: " + leaks.peek());
    }
  }
}
