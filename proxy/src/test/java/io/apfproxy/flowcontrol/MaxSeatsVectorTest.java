package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.time.ManualTime;
import io.apfproxy.vectors.VectorFiles;
import io.apfproxy.work.MaxSeats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class MaxSeatsVectorTest {
  private record Want(boolean quiescing, int nominal, long maxSeats) {}

  @TestFactory
  Stream<DynamicTest> boundsTheWidthAsTheReferenceDoes() {
    return VectorFiles.tests("max-seats.jsonl", MaxSeatsVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    switch (testCase.path("kind").textValue()) {
      case "formula" -> formula(testCase);
      case "tracker" -> tracker(testCase);
      case "sequence" -> new Sequence(testCase).run();
      default -> fail("unknown kind");
    }
  }

  /** A level alone has all seats of the server. */
  private static void formula(JsonNode testCase) {
    int seats = testCase.path("nominalCL").intValue();
    Queuing queuing = new Queuing(100, testCase.path("handSize").intValue(), 50);
    PriorityLevelConfiguration level =
        Config.level("a", 1, 0, null, new LimitResponse(PriorityLevelConfiguration.QUEUE, queuing));

    LimitBounds bounds = Objects.requireNonNull(LimitBounds.of(seats, List.of(level)).get("a"));

    assertThat(bounds.maxSeats()).isEqualTo(testCase.path("want").intValue());
  }

  private static void tracker(JsonNode testCase) {
    MaxSeats tracker = new MaxSeats();
    for (JsonNode op : testCase.path("ops")) {
      String level = op.path("name").textValue();
      switch (op.path("op").textValue()) {
        case "set" -> tracker.set(level, Long.parseUnsignedLong(op.path("value").textValue()));
        case "forget" -> tracker.forget(level);
        case "get" ->
            assertThat(Long.toUnsignedString(tracker.get(level)))
                .as("op %s", op)
                .isEqualTo(op.path("want").textValue());
        default -> fail("unknown op " + op);
      }
    }
  }

  /** Configurations one after the other, with requests between them; each level has one user. */
  private static final class Sequence {
    private final ManualTime time = new ManualTime();
    private final Map<String, Deque<Client>> busy = new HashMap<>();
    private final JsonNode testCase;
    private final LevelTable table;
    private final ApfFlowControl control;

    Sequence(JsonNode testCase) {
      this.testCase = testCase;
      int serverLimit = testCase.path("serverConcurrencyLimit").intValue();
      FlowControlSettings settings = FlowControlSettings.of(serverLimit);
      this.table = new LevelTable(settings, time, time, FlowMetrics.NONE);
      table.apply(previous -> FlowControlConfiguration.empty());
      this.control = new ApfFlowControl(settings, time, time, table);
    }

    void run() {
      for (JsonNode step : testCase.path("steps")) {
        String level = step.path("priorityLevel").asText();
        switch (step.path("op").textValue()) {
          case "digest" -> digest(step.path("priorityLevels"));
          case "busy" ->
              busy.computeIfAbsent(level, name -> new ArrayDeque<>())
                  .add(Client.get(control, level, "/version"));
          case "free" -> Objects.requireNonNull(busy.get(level)).remove().lease().close();
          default -> fail("unknown op " + step);
        }
        Map<String, Want> state = state();
        // levels that the recording does not mention are of no interest
        state.keySet().removeIf(name -> !step.path("want").has(name));
        assertThat(state).as("after %s", step).isEqualTo(want(step.path("want")));
      }
    }

    private void digest(JsonNode objects) {
      List<PriorityLevelConfiguration> levels = new ArrayList<>();
      List<FlowSchema> schemas = new ArrayList<>();
      for (JsonNode object : objects) {
        String name = object.path("name").textValue();
        levels.add(
            new PriorityLevelConfiguration(
                ObjectMeta.of(name, "", Map.of()), spec(object), List.of()));
        schemas.add(Config.schema("of-" + name, name, name));
      }
      control.apply(schemas, levels);
    }

    private static PriorityLevelConfiguration.Spec spec(JsonNode object) {
      int shares = object.path("shares").intValue();
      if (object.path("type").textValue().equals("Exempt")) {
        return new PriorityLevelConfiguration.Spec(
            PriorityLevelConfiguration.EXEMPT, null, new Exempt(shares, 0));
      }
      LimitResponse response =
          object.path("type").textValue().equals("Limited")
              ? new LimitResponse(
                  PriorityLevelConfiguration.QUEUE,
                  new Queuing(
                      object.path("queues").intValue(),
                      object.path("handSize").intValue(),
                      object.path("queueLengthLimit").intValue()))
              : new LimitResponse(PriorityLevelConfiguration.REJECT, null);
      return new PriorityLevelConfiguration.Spec(
          PriorityLevelConfiguration.LIMITED, new Limited(shares, 0, null, response), null);
    }

    private Map<String, Want> state() {
      Map<String, Want> state = new TreeMap<>();
      for (LevelEntry level : table.entries()) {
        LevelSnapshot snapshot = level.snapshot();
        state.put(
            level.name(),
            new Want(snapshot.quiescing(), snapshot.nominalLimit(), level.maxSeats()));
      }
      return state;
    }

    private static Map<String, Want> want(JsonNode levels) {
      Map<String, Want> want = new TreeMap<>();
      for (Map.Entry<String, JsonNode> level : levels.properties()) {
        if (level.getValue().path("present").booleanValue()) {
          want.put(
              level.getKey(),
              new Want(
                  level.getValue().path("quiescing").booleanValue(),
                  level.getValue().path("nominalCL").intValue(),
                  level.getValue().path("maxSeats").longValue()));
        }
      }
      return want;
    }
  }
}
