package io.apfproxy.app;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import javax.management.JMException;
import javax.management.ObjectName;

/** What is in the heap of this JVM after a collection, by class: on any machine the same. */
final class ClassHistogram {
  private record Objects(long number, long bytes) {
    static final Objects NONE = new Objects(0, 0);

    Objects plus(Objects other) {
      return new Objects(number + other.number, bytes + other.bytes);
    }
  }

  private final Map<String, Objects> byClass = new HashMap<>();

  private ClassHistogram() {}

  static ClassHistogram take() throws JMException {
    String text =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    ClassHistogram histogram = new ClassHistogram();
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split("\\s+", -1);
      if (words.length >= 4 && words[0].endsWith(":")) {
        Objects some = new Objects(Long.parseLong(words[1]), Long.parseLong(words[2]));
        histogram.byClass.merge(words[3], some, Objects::plus);
      }
    }
    return histogram;
  }

  /** Whether a class is the product's. */
  static boolean isOurs(String name) {
    return name.startsWith("io.apfproxy.")
        && !name.startsWith("io.apfproxy.fixtures.")
        && !name.startsWith(ClassHistogram.class.getName());
  }

  /** How many objects more there are than before of classes of these names. */
  long moreThan(ClassHistogram before, Predicate<String> names) {
    return of(names).number - before.of(names).number;
  }

  /** The same in bytes. */
  long bytesMoreThan(ClassHistogram before, Predicate<String> names) {
    return of(names).bytes - before.of(names).bytes;
  }

  private Objects of(Predicate<String> names) {
    return byClass.entrySet().stream()
        .filter(entry -> names.test(entry.getKey()))
        .map(Map.Entry::getValue)
        .reduce(Objects.NONE, Objects::plus);
  }
}
