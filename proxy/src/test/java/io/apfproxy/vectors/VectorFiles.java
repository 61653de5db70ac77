package io.apfproxy.vectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * Recordings of the real Kubernetes code, one JSON object a line. They come from the folder named
 * by the system property {@code apf.vectors} (plain or gzip; a file that is not there has no
 * cases), else from the test fixtures.
 */
public final class VectorFiles {
  private static final String FOLDER = "apf.vectors";
  private static final int SHOWN_CHARACTERS = 4_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private VectorFiles() {}

  /** Compares one case; differs by throwing, with a message that shows both answers. */
  @FunctionalInterface
  public interface Check {
    void run(JsonNode testCase) throws Exception;
  }

  /**
   * One test for each case of a file, and at the end the line {@code vectors FILE: N cases, M
   * differ} on standard output. To be returned by a test factory as it is: the line is printed when
   * JUnit closes the stream.
   *
   * @param file such as {@code classify.jsonl}
   */
  public static Stream<DynamicTest> tests(String file, Check check) {
    List<JsonNode> cases = load(file);
    AtomicInteger differ = new AtomicInteger();
    return IntStream.range(0, cases.size())
        .mapToObj(
            index -> {
              JsonNode testCase = cases.get(index);
              String name = name(testCase, index);
              return DynamicTest.dynamicTest(
                  name, () -> run(file + " " + name, testCase, check, differ));
            })
        .onClose(
            () ->
                System.out.printf(
                    "vectors %s: %d cases, %d differ%n", file, cases.size(), differ.get()));
  }

  /** All cases of a file; integers are exact. */
  public static List<JsonNode> load(String file) {
    List<JsonNode> cases = new ArrayList<>();
    try (InputStream in = open(file)) {
      if (in == null) {
        return cases;
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          cases.add(parse(file, cases.size() + 1, line));
        }
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  private static void run(String name, JsonNode testCase, Check check, AtomicInteger differ)
      throws Exception {
    try {
      check.run(testCase);
    } catch (Exception | AssertionError e) {
      differ.incrementAndGet();
      throw new AssertionError(name + ": " + e + "\ncase: " + shorten(testCase.toString()), e);
    }
  }

  private static JsonNode parse(String file, int line, String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " line " + line + ": " + e.getOriginalMessage(), e);
    }
  }

  private static String name(JsonNode testCase, int index) {
    for (String field : List.of("name", "id")) {
      if (testCase.path(field).isTextual()) {
        return testCase.get(field).textValue();
      }
    }
    return "line " + (index + 1);
  }

  private static String shorten(String text) {
    return text.length() <= SHOWN_CHARACTERS
        ? text
        : text.substring(0, SHOWN_CHARACTERS)
            + "... ("
            + (text.length() - SHOWN_CHARACTERS)
            + " more)";
  }

  private static @Nullable InputStream open(String file) throws IOException {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      String resource = "/vectors/" + file + ".gz";
      InputStream in = VectorFiles.class.getResourceAsStream(resource);
      if (in == null) {
        throw new IOException("no " + resource + " on the class path");
      }
      return new GZIPInputStream(in);
    }
    Path plain = existing(Path.of(folder)).resolve(file);
    if (Files.exists(plain)) {
      return Files.newInputStream(plain);
    }
    Path packed = plain.resolveSibling(file + ".gz");
    return Files.exists(packed) ? new GZIPInputStream(Files.newInputStream(packed)) : null;
  }

  /** Tests run in the module's folder, but people type paths from the repository's. */
  private static Path existing(Path folder) throws IOException {
    for (Path candidate : List.of(folder, Path.of("..").resolve(folder))) {
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw new IOException("-D" + FOLDER + "=" + folder + ": no such folder");
  }
}
