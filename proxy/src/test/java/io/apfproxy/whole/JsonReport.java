package io.apfproxy.whole;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.LinkedHashMap;
import java.util.Map;

/** All samples of a run, for machines. */
final class JsonReport {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonReport() {}

  /**
   * @param title when and where
   */
  static String text(Results results, String title, Settings settings) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("title", title);
    all.put("settings", settings.toString());
    all.put("fronts", results.fronts());
    all.put("absent", results.absent());
    all.put("warm", results.samples());
    all.put("starts", results.starts());
    all.put("fromReady", results.moments());
    all.put("idleWatches", results.idle());
    try {
      return JSON.writeValueAsString(all) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records are JSON", e);
    }
  }
}
