package io.apfproxy.whole;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.FreePort;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Somebody else's proxy, installed on this machine, with a configuration of this folder. */
final class ConfiguredFront implements Front {
  private static final Duration VERSION_LIMIT = Duration.ofSeconds(10);

  private final String program;
  private final String template;
  private final List<String> arguments;

  /**
   * @param program name on the {@code PATH} or in {@code /usr/sbin}, and in tables
   * @param template resource in this package
   * @param arguments before the file made from it
   */
  ConfiguredFront(String program, String template, List<String> arguments) {
    this.program = program;
    this.template = template;
    this.arguments = List.copyOf(arguments);
  }

  @Override
  public String name() {
    return program;
  }

  @Override
  public Presence presence() {
    return found()
        .map(file -> new Presence(true, version(file)))
        .orElse(new Presence(false, "not installed"));
  }

  private Optional<Path> found() {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(File.pathSeparator, -1)), Stream.of("/usr/sbin"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String version(Path file) {
    CommandResult said =
        RunningCommand.start(new ProcessBuilder(file.toString(), "-v")).await(VERSION_LIMIT);
    return (said.stdout() + said.stderr()).lines().findFirst().orElse("unknown version");
  }

  @Override
  public RunningFront start(Site site, Upstream upstream) throws IOException {
    Path file = found().orElseThrow(() -> new IllegalStateException(program + " is not installed"));
    int port = FreePort.find();
    Path folder = Files.createTempDirectory(site.folder(), program + "-");
    Path configuration =
        Files.writeString(
            folder.resolve(template),
            Template.named(template)
                .with(
                    Map.of(
                        "FOLDER", folder.toString(),
                        "USER", System.getProperty("user.name"),
                        "PORT", Integer.toString(port),
                        "UPSTREAM", Integer.toString(upstream.port()),
                        "CA", site.authority().toString(),
                        "CERTIFICATE", site.certificate().toString(),
                        "KEY", site.key().toString(),
                        "BUNDLE", site.bundle().toString())));
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(arguments);
    command.add(configuration.toString());
    return RunningFront.start(
        new ProcessBuilder(command),
        false,
        port,
        Probe.ofClients(site.authority(), port, upstream.token()));
  }
}
