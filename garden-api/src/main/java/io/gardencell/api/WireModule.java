package io.gardencell.api;

import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts the protocol's readers and writers in the place of the data-binding library's own. */
final class WireModule extends SimpleModule {

  private static final long serialVersionUID = 1L;

  WireModule() {
    super("garden-wire", Version.unknownVersion());
    addDeserializer(String.class, new WireText.Reader());
    addDeserializer(Boolean.class, new WireText.BooleanReader());
    addDeserializer(boolean.class, new WireText.BooleanReader());
    addDeserializer(Integer.class, new WireNumbers.I32Reader());
    addDeserializer(int.class, new WireNumbers.I32Reader());
    addDeserializer(Long.class, new WireNumbers.I64Reader());
    addDeserializer(long.class, new WireNumbers.I64Reader());
    addDeserializer(Duration.class, new WireNumbers.NanosReader());
    addSerializer(Duration.class, new WireNumbers.NanosWriter());
    addSerializer(String.class, new WireText.Writer());
  }

  @Override
  public void setupModule(SetupContext context) {
    super.setupModule(context);
    context.addDeserializers(new Readers());
    context.addSerializers(new Writers());
  }

  private static final class Readers extends Deserializers.Base {

    @Override
    public @Nullable JsonDeserializer<?> findBeanDeserializer(
        JavaType type, DeserializationConfig config, BeanDescription description) {
      return type.isRecordType() ? new RecordReader(type, description) : null;
    }

    @Override
    public @Nullable JsonDeserializer<?> findCollectionDeserializer(
        CollectionType type,
        DeserializationConfig config,
        BeanDescription description,
        @Nullable TypeDeserializer elementTypeDeserializer,
        @Nullable JsonDeserializer<?> elementDeserializer) {
      return type.hasRawClass(List.class) ? new ListReader(type.getContentType()) : null;
    }

    @Override
    public @Nullable JsonDeserializer<?> findMapDeserializer(
        MapType type,
        DeserializationConfig config,
        BeanDescription description,
        @Nullable KeyDeserializer keyDeserializer,
        @Nullable TypeDeserializer elementTypeDeserializer,
        @Nullable JsonDeserializer<?> elementDeserializer) {
      return new MapReader(type.getContentType());
    }
  }

  private static final class Writers extends Serializers.Base {

    @Override
    public JsonSerializer<?> findMapSerializer(
        SerializationConfig config,
        MapType type,
        BeanDescription description,
        @Nullable JsonSerializer<Object> keySerializer,
        @Nullable TypeSerializer elementTypeSerializer,
        @Nullable JsonSerializer<Object> elementValueSerializer) {
      return new WireText.MapWriter();
    }
  }
}
