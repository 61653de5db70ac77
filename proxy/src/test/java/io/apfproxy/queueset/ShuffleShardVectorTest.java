package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.classify.FlowHash;
import io.apfproxy.vectors.VectorFiles;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ShuffleShardVectorTest {
  @TestFactory
  Stream<DynamicTest> dealsAsTheReference() {
    return VectorFiles.tests("shuffle-shard.jsonl", ShuffleShardVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    switch (testCase.get("kind").textValue()) {
      case "deal" -> checkDeal(testCase);
      case "entropy" -> checkEntropy(testCase);
      case "flowHash" ->
          assertThat(
                  Long.toUnsignedString(
                      FlowHash.of(
                          testCase.get("flowSchema").textValue(),
                          testCase.get("flowDistinguisher").textValue())))
              .isEqualTo(testCase.get("hash").textValue());
      default -> throw new IllegalArgumentException(testCase.get("kind").textValue());
    }
  }

  private static void checkDeal(JsonNode testCase) {
    int[] want =
        Stream.of(testCase.get("want"))
            .flatMap(JsonNode::valueStream)
            .mapToInt(JsonNode::intValue)
            .toArray();
    Dealer dealer =
        new Dealer(testCase.get("deckSize").intValue(), testCase.get("handSize").intValue());
    int[] hand = new int[dealer.handSize()];
    dealer.deal(Long.parseUnsignedLong(testCase.get("hash").textValue()), hand);
    assertThat(hand).isEqualTo(want);
  }

  private static void checkEntropy(JsonNode testCase) {
    int deck = testCase.get("deckSize").intValue();
    int hand = testCase.get("handSize").intValue();
    boolean valid = testCase.get("valid").booleanValue();
    assertThat(Dealer.accepts(deck, hand)).isEqualTo(valid);
    if (testCase.has("entropyBits") && hand >= 1 && hand <= deck) {
      assertThat(Dealer.entropyBits(deck, hand)).isEqualTo(testCase.get("entropyBits").intValue());
    }
  }
}
