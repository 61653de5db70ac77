package io.apfproxy.queueset;

import io.apfproxy.vectors.VectorFiles;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A level that may burst but has no credit, or finds no seats to burst with, decides to the last
 * digit as one that may not: limits.md L-64.
 */
class BurstVectorTest {
  private static final int MANY = 10_000;

  @TestFactory
  Stream<DynamicTest> withAllTheCreditButNoSeats() {
    return replayed(new BurstTerms(MANY, 600, MANY), 0);
  }

  /** It has no seats of its own, so that nothing is ever saved. */
  @TestFactory
  Stream<DynamicTest> withSeatsButNoCredit() {
    return replayed(new BurstTerms(MANY, 600, 0), MANY);
  }

  private static Stream<DynamicTest> replayed(BurstTerms terms, int seats) {
    return QueueSetVectorTest.FILES.stream()
        .flatMap(
            file ->
                VectorFiles.tests(
                    file,
                    scenario -> {
                      Replay replay = new Replay(scenario);
                      replay.set.setBurst(terms, new BurstSeats(seats, () -> true), 0);
                      QueueSetVectorTest.check(scenario, replay);
                    }));
  }
}
