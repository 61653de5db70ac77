package io.apfproxy.server;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Tests that do little but wait, some of them at a time. */
final class SideBySide {
  private SideBySide() {}

  /** A test that may throw anything. */
  interface Body {
    void run() throws Exception;
  }

  /**
   * Begins to run them now, in their order.
   *
   * @param atATime how many at a time
   * @param tests by name
   * @return one for each, which ends as that has ended
   */
  static Stream<DynamicTest> run(int atATime, Map<String, Body> tests) {
    ExecutorService threads = Executors.newFixedThreadPool(atATime);
    List<DynamicTest> told = new ArrayList<>();
    tests.forEach(
        (name, test) -> {
          Future<?> run =
              threads.submit(
                  () -> {
                    test.run();
                    return null;
                  });
          told.add(dynamicTest(name, () -> end(run)));
        });
    threads.shutdown(); // once they have all run
    return told.stream();
  }

  private static void end(Future<?> run) throws Throwable {
    try {
      run.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}
