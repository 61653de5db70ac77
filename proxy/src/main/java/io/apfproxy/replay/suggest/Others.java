package io.apfproxy.replay.suggest;

import io.apfproxy.classify.Classifier;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.replay.Witness;
import io.apfproxy.replay.figures.Waits;
import io.apfproxy.request.RequestDigest;

/** What becomes of those that stand beside an elephant at its level. Not thread-safe. */
final class Others implements Witness {
  private final Classifier present;
  private final Appetite elephant;
  private final Waits waits = new Waits();
  private long refused;
  private long ownRefused;

  /**
   * @param present by which it is told who they are, whatever configuration they meet
   */
  Others(FlowControlConfiguration present, Appetite elephant) {
    this.present = new Classifier(present);
    this.elephant = elephant;
  }

  @Override
  public void ended(Classification where, RequestDigest digest, Fate fate) {
    FlowMatch match = present.classify(digest.info(), digest.user());
    String level = match.level().name();
    if (Appetite.of(level, match.schema().name(), digest.info(), digest.user()).equals(elephant)) {
      ownRefused += fate.began() == NEVER ? 1 : 0;
    } else if (!level.equals(elephant.level())) {
      return;
    } else if (fate.began() == NEVER) {
      refused++;
    } else {
      waits.add(fate.waited());
    }
  }

  /** In nanoseconds, of those that got seats. */
  long waitP99() {
    return waits.quantile(0.99);
  }

  long refused() {
    return refused;
  }

  /** Of the elephant itself. */
  long ownRefused() {
    return ownRefused;
  }
}
