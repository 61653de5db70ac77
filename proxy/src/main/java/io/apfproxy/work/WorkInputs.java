package io.apfproxy.work;

import io.apfproxy.request.RequestInfo;

/**
 * All that a work estimate was made from besides the request itself: a recording has it, so that a
 * replay can make the same estimate, also with other levels. Source: specification seeing.md V-56.
 *
 * @param objects what was known of the resource's objects, for a list or watch; never stale: such a
 *     reading counts as the worst there is, and that is what stands here
 * @param watchers how many watches heard of a write, at least 0
 * @param listBytes what answers to such a list weighed; {@link ListWeights#UNKNOWN} if that was
 *     unknown, or did not count
 */
public record WorkInputs(ObjectReading objects, int watchers, long listBytes)
    implements ObjectReader, WatchCounts, ListWeights {
  /** Of requests that are one seat wide whatever is known. */
  public static final WorkInputs NONE =
      new WorkInputs(ObjectReading.NOT_TRACKED, 0, ListWeights.UNKNOWN);

  /** Whether something was known that makes a list wide. */
  public boolean knowsList() {
    return listBytes != UNKNOWN || objects.state() != ObjectReading.State.NOT_TRACKED;
  }

  @Override
  public ObjectReading read(String resourceKey) {
    return objects;
  }

  @Override
  public int interestedIn(RequestInfo request) {
    return watchers;
  }

  @Override
  public long bytes(RequestInfo info, ListQuery query, boolean watch) {
    return listBytes;
  }
}
