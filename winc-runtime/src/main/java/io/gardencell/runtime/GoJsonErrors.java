package io.gardencell.runtime;

/** Words the commonest decoder failure as the reference's decoder does. */
final class GoJsonErrors {

  private GoJsonErrors() {}

  /** The reference's text for JSON that is cut off, else our decoder's own. */
  static String text(String json, String decoderText) {
    return json.isBlank()
            || decoderText.contains("end-of-input")
            || decoderText.contains("No content to map")
        ? "unexpected end of JSON input"
        : decoderText;
  }
}
