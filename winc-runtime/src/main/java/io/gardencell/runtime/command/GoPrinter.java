package io.gardencell.runtime.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;

/** Indents as the reference's encoder does: no space before a colon, {@code {}} when empty. */
final class GoPrinter extends DefaultPrettyPrinter {

  private static final long serialVersionUID = 1L;

  private final transient DefaultIndenter indenter;

  GoPrinter(DefaultIndenter indenter) {
    this.indenter = indenter;
    indentObjectsWith(indenter);
    indentArraysWith(indenter);
  }

  @Override
  public GoPrinter createInstance() {
    return new GoPrinter(indenter);
  }

  @Override
  public void writeObjectFieldValueSeparator(JsonGenerator generator) throws IOException {
    generator.writeRaw(": ");
  }

  @Override
  public void writeEndObject(JsonGenerator generator, int members) throws IOException {
    _nesting--;
    if (members > 0) {
      indenter.writeIndentation(generator, _nesting);
    }
    generator.writeRaw('}');
  }
}
