package io.apfproxy.source;

import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When each source has changed for the last time. Told by one thread, asked by any. */
final class SourceChanges {
  private final Map<String, Map<ObjectKey, SourceObject>> held = new HashMap<>();
  private final Map<String, SourceChange> last = new ConcurrentHashMap<>();

  /** What a source that was read holds now. */
  void seen(String source, Collection<SourceObject> objects, Instant now) {
    Map<ObjectKey, SourceObject> before = held.get(source);
    Map<ObjectKey, SourceObject> left = before == null ? Map.of() : new HashMap<>(before);
    Map<ObjectKey, SourceObject> after = new HashMap<>();
    int added = 0;
    int altered = 0;
    for (SourceObject object : objects) {
      after.put(object.key(), object);
      SourceObject old = before == null ? null : left.remove(object.key());
      if (old == null) {
        added++;
      } else if (!old.isSameAs(object) || !old.errors().equals(object.errors())) {
        altered++;
      }
    }
    held.put(source, after);
    if (before == null || added + altered + left.size() > 0) {
      last.put(source, new SourceChange(now, added, altered, left.size()));
    }
  }

  /** Empty if the source was never read. */
  Optional<SourceChange> of(String source) {
    return Optional.ofNullable(last.get(source));
  }
}
