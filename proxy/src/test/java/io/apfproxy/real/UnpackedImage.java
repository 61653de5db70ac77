package io.apfproxy.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The root file system of an image, and how a container of it runs.
 *
 * @param config the image's configuration, {@code config} of its JSON
 */
record UnpackedImage(Path root, JsonNode config) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /**
   * Becomes what a container runtime does: a read-only root with /dev, /proc and a writable /tmp,
   * in a mount namespace that ends with the process.
   */
  private static final String CONTAINER =
      """
      set -e
      root=$1 directory=$2 user=$3 environment=$4; shift 4
      mount --bind "$root" "$root"
      mount --rbind /dev "$root/dev"
      mount -t proc proc "$root/proc"
      mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
      mount -o remount,bind,ro "$root"
      exec env $environment "$(command -v unshare)" --root="$root" --wd="$directory" \\
        --setgid="${user#*:}" --setuid="${user%:*}" "$@"
      """;

  /**
   * @param image tar as {@code docker load} reads it
   */
  static UnpackedImage unpack(Path image, Path folder) throws IOException {
    Path parts = Files.createDirectory(folder.resolve("parts"));
    run("tar", "-xf", image.toString(), "-C", parts.toString());
    JsonNode manifest = JSON.readTree(parts.resolve("manifest.json").toFile()).get(0);
    Path root = Files.createDirectory(folder.resolve("root"));
    for (JsonNode layer : manifest.path("Layers")) {
      run("tar", "-xzf", parts.resolve(layer.asText()).toString(), "-C", root.toString());
    }
    for (String mountPoint : List.of("dev", "proc")) {
      Files.createDirectory(root.resolve(mountPoint));
    }
    JsonNode config = JSON.readTree(parts.resolve(manifest.path("Config").asText()).toFile());
    return new UnpackedImage(root, config.path("config"));
  }

  private static void run(String... command) {
    RunningCommand.start(new ProcessBuilder(command)).await(TIMEOUT).orThrow();
  }

  /** The image's entry point with these arguments, as the image's user. Root only. */
  List<String> command(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "bash",
                "-c",
                CONTAINER,
                "container",
                root.toString(),
                config.path("WorkingDir").asText(),
                config.path("User").asText(),
                texts("Env").collect(Collectors.joining(" "))));
    texts("Entrypoint").forEach(command::add);
    command.addAll(arguments);
    return command;
  }

  private Stream<String> texts(String field) {
    return StreamSupport.stream(config.path(field).spliterator(), false).map(JsonNode::asText);
  }

  /** Puts a file where a volume would be mounted. */
  void mount(String path, String content) throws IOException {
    Path file = root.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
