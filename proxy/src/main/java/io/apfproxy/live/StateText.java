package io.apfproxy.live;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The last sample as JSON, rendered at most once. Who asks again and again finds it ready; where
 * nobody does, it is not made. Thread-safe. Source: specification seeing.md V-06, V-69.
 */
final class StateText {
  private final Function<Sample, String> rendering;
  private final int patience;
  private Sample sample;
  private @Nullable String text;
  private int unasked;

  /**
   * @param patience samples without a question after which nobody is expected to ask
   */
  StateText(Sample sample, Function<Sample, String> rendering, int patience) {
    this.rendering = rendering;
    this.sample = sample;
    this.patience = patience;
    this.unasked = patience;
  }

  /** Another one has come. */
  void next(Sample newer) {
    keep(newer, wanted() ? rendering.apply(newer) : null); // those who ask meanwhile do not wait
  }

  private synchronized boolean wanted() {
    unasked++;
    return unasked <= patience;
  }

  private synchronized void keep(Sample newer, @Nullable String ready) {
    sample = newer;
    text = ready;
  }

  synchronized String text() {
    unasked = 0;
    String ready = text;
    if (ready == null) {
      ready = rendering.apply(sample);
      text = ready;
    }
    return ready;
  }
}
