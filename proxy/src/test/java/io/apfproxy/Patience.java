package io.apfproxy;

import java.time.Duration;
import java.util.function.IntSupplier;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How long tests wait for what must come: so long that it says nothing of how fast the machine is.
 * Registered as a service, it is what Awaitility waits where a test names no bound of its own.
 */
public final class Patience implements LauncherSessionListener {
  /** Far beyond what a machine takes that has ten times as much to do as it can. */
  public static final Duration OF_TESTS = Duration.ofSeconds(60);

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(OF_TESTS);
  }

  /** Returns when so many have come, however long that takes, as long as more of them come. */
  public static void untilAllCame(int all, IntSupplier came) {
    for (int before = came.getAsInt(); before < all; before = came.getAsInt()) {
      int seen = before;
      Awaitility.await().atMost(OF_TESTS).until(() -> came.getAsInt() > seen);
    }
  }
}
