package io.apfproxy.whole;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.deploy.JvmFlags;
import java.util.ArrayList;
import java.util.List;

/** The fronts that a run can measure. */
final class Fronts {
  static final String DIRECT = "direct";
  static final String HAPROXY = "haproxy";
  static final String NGINX = "nginx";

  private Fronts() {}

  /** Those that the settings name, then the jars. */
  static List<Front> of(Settings settings) {
    List<Front> fronts = new ArrayList<>();
    for (String name : settings.fronts()) {
      fronts.add(
          switch (name) {
            case DIRECT -> new NoFront();
            case HAPROXY -> new ConfiguredFront(HAPROXY, "haproxy.cfg", List.of("-db", "-f"));
            case NGINX -> new ConfiguredFront(NGINX, "nginx.conf", List.of("-e", "stderr", "-c"));
            default ->
                throw new IllegalArgumentException(
                    "found \"" + name + "\", expected direct, haproxy or nginx");
          });
    }
    settings
        .jars()
        .forEach(
            (name, jar) -> {
              List<String> command = ChildProxy.java(jar.java().toArray(String[]::new));
              command.addAll(List.of(JvmFlags.option(), "-jar", jar.file().toString()));
              fronts.add(new JarFront(name, jar.file(), command, jar.flags()));
            });
    return fronts;
  }
}
