package io.apfproxy.limit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What one key got of a token bucket, by the clock of who asked, held against the law: in every
 * interval of length x at most burst + x * rate pass, and who is refused found nothing left.
 * Thread-safe. Specification limits.md L-19.
 *
 * <p>When it was decided is known between two instants only, that of the question and that of its
 * answer. Each verdict holds wherever in between that was, so a slow machine makes it no other.
 */
public final class BucketLaw {
  private final long burst;
  private final double perNano;
  private final List<Span> passed = new ArrayList<>();
  private final List<Span> refused = new ArrayList<>();

  private record Span(long asked, long answered) {}

  /**
   * @param burst units at once
   * @param perSecond units a second
   */
  public BucketLaw(long burst, double perSecond) {
    this.burst = burst;
    this.perNano = perSecond / TimeUnit.SECONDS.toNanos(1);
  }

  /** One passed; instants of {@link System#nanoTime}. */
  public synchronized void passed(long asked, long answered) {
    passed.add(new Span(asked, answered));
  }

  /** One was refused. */
  public synchronized void refused(long asked, long answered) {
    refused.add(new Span(asked, answered));
  }

  public synchronized int passed() {
    return passed.size();
  }

  public synchronized int refused() {
    return refused.size();
  }

  /** How many more than it may passed in any interval, at worst; 0 or less is the law. */
  public synchronized double excess() {
    List<Span> byAnswer = new ArrayList<>(passed);
    byAnswer.sort(Comparator.comparingLong(Span::answered));
    double worst = Double.NEGATIVE_INFINITY;
    for (Span first : passed) {
      int within = 0;
      for (Span last : byAnswer) {
        if (last.asked() >= first.asked()) {
          within++;
          worst = Math.max(worst, within - may(last.answered() - first.asked()));
        }
      }
    }
    return worst;
  }

  private double may(long nanos) {
    return burst + Math.max(0, nanos) * perNano;
  }

  /** How many were refused though one was left, whatever was decided when. */
  public synchronized int wrongs() {
    return (int) refused.stream().filter(one -> !mayBeRight(one)).count();
  }

  /** Whether one more would have been too many in an interval that ends with this refusal. */
  private boolean mayBeRight(Span refusal) {
    for (Span first : passed) {
      long within =
          passed.stream()
              .filter(one -> one.answered() >= first.asked() && one.asked() <= refusal.answered())
              .count();
      if (within + 1 > may(refusal.asked() - first.answered())) {
        return true;
      }
    }
    return false;
  }
}
