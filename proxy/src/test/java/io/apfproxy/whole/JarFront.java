package io.apfproxy.whole;

import io.apfproxy.child.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Our runnable jar, as users start it, with its own warm-up. */
final class JarFront implements Front {
  private final String name;
  private final Path jar;
  private final List<String> command;
  private final List<String> flags;

  /**
   * @param command that runs the jar; flags follow
   * @param flags that win over those given here
   */
  JarFront(String name, Path jar, List<String> command, List<String> flags) {
    this.name = name;
    this.jar = jar;
    this.command = List.copyOf(command);
    this.flags = List.copyOf(flags);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Presence presence() {
    return Files.isReadable(jar)
        ? new Presence(true, String.join(" ", flags).isEmpty() ? "the jar" : "the jar, " + flags)
        : new Presence(false, "no such file: " + jar);
  }

  @Override
  public RunningFront start(Site site, Upstream upstream) throws IOException {
    Ports ports = Ports.free();
    List<String> all = new ArrayList<>(command);
    all.addAll(
        List.of(
            "--kubeconfig=" + site.kubeconfig(),
            "--tls-cert-file=" + site.certificate(),
            "--tls-private-key-file=" + site.key(),
            "--allow-privileged-impersonation",
            // flow control decides about each request, and has nobody wait: the others have no
            // limit
            "--max-requests-inflight=4000",
            "--max-mutating-requests-inflight=2000",
            "--max-watch-starts-per-user=0"));
    all.addAll(ports.flags());
    all.addAll(flags);
    return RunningFront.start(
        new ProcessBuilder(all), true, ports.secure(), Probe.ofOperators(ports.admin()));
  }
}
