package io.apfproxy.app;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends of the program asked for by a signal: the first gracefully, the second at once, and at once
 * too if the first takes too long.
 */
public final class Termination {
  /*
   * A shutdown hook would not do: the JVM then exits with 143 whatever the hook does, and a second
   * signal is ignored. The signal API is in no module that the compiler may see without a warning,
   * hence by name; where it is missing, a signal ends the process as ever.
   */
  private static final Logger LOG = LoggerFactory.getLogger(Termination.class);
  static final int AT_ONCE = 1;

  private final CountDownLatch asked = new CountDownLatch(1);

  /**
   * Watches for SIGTERM and SIGINT from now on.
   *
   * @param longest if the program has not ended so long after it was asked to, it ends at once
   */
  public static Termination watch(Duration longest) {
    Termination termination = new Termination();
    LastResort.after(termination.asked, longest, Thread.currentThread());
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours =
          Proxy.newProxyInstance(
              Termination.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  termination.signalled();
                }
                return null;
              });
      for (String name : new String[] {"TERM", "INT"}) {
        Object instance = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, instance, ours);
      }
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      LOG.warn("signals cannot be watched here: SIGTERM ends the proxy without draining");
    }
    return termination;
  }

  private void signalled() {
    if (asked.getCount() == 0) {
      Runtime.getRuntime().halt(AT_ONCE);
    }
    asked.countDown();
  }

  /** Ends the waiting as a signal would. */
  public void ask() {
    asked.countDown();
  }

  /** Waits for the first signal. */
  public void await() throws InterruptedException {
    asked.await();
  }
}
